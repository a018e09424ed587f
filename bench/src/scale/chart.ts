/**
 * Line charts with logarithmic axes, as SVG text. One set of numbers gives one file, byte for byte. Colours and greys
 * are readable on white and on black, since nobody knows where a document is read.
 *
 * @module
 */

import { figure } from './figures.ts'

export interface Line {
  readonly name: string
  readonly colour: string
  readonly dashed: boolean
  /** `x` above 0. A `y` of 0 lies on a line of its own at the bottom. */
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface Panel {
  readonly title: string
  readonly lines: readonly Line[]
}

export interface Chart {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly panels: readonly Panel[]
}

const text = '#7d8590'
const grid = '#7d859055'
const plot = { width: 300, height: 220, left: 64, top: 58, gap: 50 }
const legendRow = 18
const zeroBand = 22 // Between the zero line and the lowest decade.

interface Axis {
  readonly least: number
  readonly most: number
  readonly zero: boolean
}

/** Draws the panels side by side, with one scale for all and one legend below. */
export function drawChart({ title, xLabel, yLabel, panels }: Chart): string {
  const points = panels.flatMap(({ lines }) => lines.flatMap((line) => line.points))
  const x = axisOf(points.map(([value]) => value))
  const y = axisOf(points.map(([, value]) => value))
  const legend = unique(panels.flatMap(({ lines }) => lines))
  const legendTop = plot.top + plot.height + 62
  const width = plot.left + panels.length * (plot.width + plot.gap) - plot.gap + 16
  const height = legendTop + Math.ceil(legend.length / 2) * legendRow
  const middle = plot.left + (width - 16 - plot.left) / 2
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}" font-family="system-ui, sans-serif" font-size="12" fill="${text}">`,
    label(title, middle, 18, 'middle', ' font-size="14" font-weight="600"'),
    ...panels.flatMap((panel, index) => drawPanel(panel, plot.left + index * (plot.width + plot.gap), x, y)),
    label(xLabel, middle, plot.top + plot.height + 38, 'middle'),
    `<g transform="translate(16 ${plot.top + plot.height / 2}) rotate(-90)">${label(yLabel, 0, 0, 'middle')}</g>`,
    ...legend.flatMap((line, index) =>
      drawLegend(line, plot.left + (index % 2) * (width / 2), legendTop + Math.floor(index / 2) * legendRow),
    ),
    '</svg>',
    '',
  ].join('\n')
}

function drawPanel({ title, lines }: Panel, left: number, x: Axis, y: Axis): string[] {
  const bottom = plot.top + plot.height
  const across = (value: number): number => left + share(value, x) * plot.width
  const up = (value: number): number => {
    const room = y.zero ? plot.height - zeroBand : plot.height
    return y.zero && value <= 0 ? bottom : plot.top + room * (1 - share(value, y))
  }
  const rows = [...(y.zero ? [0] : []), ...decades(y)]
  return [
    label(title, left + plot.width / 2, plot.top - 14, 'middle', ' font-weight="600"'),
    ...rows.flatMap((value) => [
      `<path d="M${round(left)} ${round(up(value))}h${plot.width}" stroke="${grid}"/>`,
      label(tick(value), left - 6, up(value) + 4, 'end'),
    ]),
    ...decades(x).flatMap((value) => [
      `<path d="M${round(across(value))} ${plot.top}v${plot.height}" stroke="${grid}"/>`,
      label(tick(value), across(value), bottom + 18, 'middle'),
    ]),
    ...lines.flatMap(({ colour, dashed, points }) => [
      `<polyline fill="none" stroke="${colour}" stroke-width="2"${dashes(dashed)} points="${points.map(([a, b]) => `${round(across(a))},${round(up(b))}`).join(' ')}"/>`,
      ...points.map(([a, b]) => `<circle cx="${round(across(a))}" cy="${round(up(b))}" r="3" fill="${colour}"/>`),
    ]),
  ]
}

function drawLegend({ name, colour, dashed }: Line, left: number, top: number): string[] {
  return [
    `<path d="M${round(left)} ${round(top - 4)}h26" stroke="${colour}" stroke-width="2"${dashes(dashed)}/>`,
    label(name, left + 32, top, 'start'),
  ]
}

// Whole decades around what is to be shown.
function axisOf(values: readonly number[]): Axis {
  const above = values.filter((value) => value > 0)
  const least = 10 ** Math.floor(Math.log10(Math.min(...above)) + 1e-9)
  const most = 10 ** Math.ceil(Math.log10(Math.max(...above)) - 1e-9)
  if (above.length === 0) return { least: 1, most: 10, zero: true }
  return { least, most: most > least ? most : 10 * least, zero: above.length < values.length }
}

function share(value: number, { least, most }: Axis): number {
  return Math.log10(value / least) / Math.log10(most / least)
}

function decades({ least, most }: Axis): number[] {
  const values: number[] = []
  for (let power = Math.round(Math.log10(least)); power <= Math.round(Math.log10(most)); power += 1)
    values.push(10 ** power)
  return values
}

function unique(lines: readonly Line[]): Line[] {
  return [...new Map(lines.map((line) => [line.name, line])).values()]
}

function tick(value: number): string {
  return value >= 1 ? figure(value) : String(Number(value.toPrecision(1)))
}

function dashes(dashed: boolean): string {
  return dashed ? ' stroke-dasharray="5 4"' : ''
}

function label(words: string, x: number, y: number, anchor: 'start' | 'middle' | 'end', more = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"${more}>${escape(words)}</text>`
}

function escape(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10)
}
