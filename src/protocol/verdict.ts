/** What a rule decides. Not allowed is a value with a reason that a person can act on, never an exception. */
export type Verdict = { readonly allowed: true } | Refusal;

export interface Refusal {
  readonly allowed: false;
  /** Stable name of the rule, e.g. `member.join.banned`. */
  readonly rule: string;
  readonly reason: string;
}

export const allow: Verdict = Object.freeze({ allowed: true });

export const refuse = (rule: string, reason: string): Refusal => ({ allowed: false, rule, reason });
