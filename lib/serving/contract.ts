import type { Verdict } from '../core/verdict';

/** Input of the end-to-end function when a state machine calls it; a CodePipeline job is recognised by its own key. */
export interface EndToEndEvent {
  readonly runId: string;
  /** Sends every request to this variant, whatever its weight. @default - by weight */
  readonly targetVariant?: string;
}

export interface EndToEndResult {
  readonly verdict: Verdict;
  readonly reason: string;
}
