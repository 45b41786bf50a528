import { Turns } from "../../turns.ts";

/** A fraction of a millisecond. */
const RUN = 4_096;

/** Sorts many numbers, small ones first, and lets others have their turn: at once, 100,000 take 20 ms or more. */
export async function sortInTurns(numbers: readonly number[]): Promise<Float64Array> {
  const turns = new Turns();
  let sorted = Float64Array.from(numbers);
  for (let start = 0; start < sorted.length; start += RUN) {
    await turns.next();
    sorted.subarray(start, start + RUN).sort();
  }
  let merged = new Float64Array(sorted.length);
  for (let width = RUN; width < sorted.length; width *= 2) {
    for (let start = 0; start < sorted.length; start += 2 * width) {
      await turns.next();
      const left = sorted.subarray(start, start + width);
      merge(left, sorted.subarray(start + width, start + 2 * width), merged.subarray(start));
    }
    [sorted, merged] = [merged, sorted];
  }
  return sorted;
}

/** Puts two sorted runs into one. */
function merge(left: Float64Array, right: Float64Array, into: Float64Array): void {
  let l = 0;
  let r = 0;
  for (let at = 0; at < left.length + right.length; at++) {
    const a = left[l] ?? Number.POSITIVE_INFINITY;
    const b = right[r] ?? Number.POSITIVE_INFINITY;
    if (a <= b) l++;
    else r++;
    into[at] = Math.min(a, b);
  }
}
