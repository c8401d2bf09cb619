import type { RiskClass } from '../classes';

/** What a program does otherwise because of another content of its configuration. */
export interface FileEffect {
  readonly class: RiskClass;
  /** In a sentence without a full stop. */
  readonly message: string;
  /** @default - what the rule says */
  readonly advice?: string;
}

/** What is known of a change, and whether there is more that is not. */
export interface FileEffects {
  readonly effects: readonly FileEffect[];
  readonly hasUnknown: boolean;
}
