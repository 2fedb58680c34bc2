// How masked text looks. A value is as long as any other; page text that is masked only because all of it is keeps its
// shape, so that a replay looks like the page.

export const MASK = "*****";

/** Whatever its length; nothing stays nothing. */
export const maskFixed = (text: string): string => (text.trim() ? MASK : "");

export const maskShape = (text: string): string => text.replace(/\S/g, "*");
