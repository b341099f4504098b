"""The commands of `belang`, one module each: read arguments, call one function, print."""
