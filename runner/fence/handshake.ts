/** What a child writes on its standard output as soon as the fence stands; white space in front of JSON. */
export const READY = "\n";
/** Argument of a child that must do away with the network itself, because the kernel does not. */
export const DENY_NETWORK = "--deny-network";
