const firstSurrogate = 0xd800;
const afterSurrogates = 0xe000;

/**
 * Orders texts by their code points. Differs from `<`, which compares UTF-16 units, where a character beyond U+FFFF meets
 * one of U+E000 to U+FFFF.
 */
export function compareCodePoints(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) {
    const unit = one.charCodeAt(index);
    const otherUnit = other.charCodeAt(index);
    if (unit !== otherUnit) return weigh(unit) - weigh(otherUnit);
  }
  return one.length - other.length;
}

/** Lifts the halves of characters beyond U+FFFF over all others. */
function weigh(unit: number): number {
  return unit >= firstSurrogate && unit < afterSurrogates ? unit + 0x10000 : unit;
}
