// Imports are measured over this module, which has nothing in it.
export {}
