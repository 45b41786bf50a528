import type { Person } from "./person.ts";

/** How much of the log may be outdated before it is written anew. */
const OUTDATED = 1_000;

interface Entry {
  readonly serial: number;
  readonly person: Person;
}

/** Who changed, in the order of the serials; of each the last change alone. */
export class ChangeLog {
  #entries: Entry[] = [];
  #size = 0;

  /** `serial` is not below any before. */
  record(person: Person, serial: number): void {
    if (person.serial === serial) return;
    if (person.serial === 0) this.#size++;
    person.serial = serial;
    this.#entries.push({ serial, person });
    if (this.#entries.length > 2 * this.#size + OUTDATED) this.#entries = this.#entries.filter(isLast);
  }

  forget(person: Person): void {
    if (person.serial > 0) this.#size--;
    person.serial = 0;
  }

  /** Those who changed after a serial, the latest first. Cost: how many changes are looked at. */
  *since(serial: number): Generator<Person> {
    // What is recorded while this is read comes after it, or in an array of its own.
    const entries = this.#entries;
    for (let index = entries.length - 1; index >= 0; index--) {
      const entry = entries[index];
      if (!entry || entry.serial <= serial) return;
      if (isLast(entry)) yield entry.person;
    }
  }
}

const isLast = ({ serial, person }: Entry): boolean => person.serial === serial;
