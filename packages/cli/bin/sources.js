// Resolves our own packages to their sources, through the export condition that the tests use too.

/** @type {import('node:module').ResolveHook} */
export const resolve = (specifier, context, next) =>
  next(specifier, { ...context, conditions: [...context.conditions, '@latchkey/source'] })
