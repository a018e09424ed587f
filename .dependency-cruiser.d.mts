import type { IConfiguration } from 'dependency-cruiser'

export declare const arrows: Readonly<Record<string, readonly string[]>>
export declare const plantedPath: string
declare const config: IConfiguration
export default config
