import type { Outcome } from '../outcome.ts';

/** Why a patch was not applied. `code` is the HTTP status with which upstream answers, `message` its text. */
export interface PatchFailure {
  readonly code: 400 | 413 | 422 | 500;
  readonly message: string;
}

/** Thrown inside a patch walk and caught at its entry point, so that every level need not pass failures on. */
export class PatchError extends Error {
  readonly code: PatchFailure['code'];
  constructor(code: PatchFailure['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Runs a patch walk; what it throws as PatchError becomes a value. */
export function attempt<T>(walk: () => T): Outcome<T, PatchFailure> {
  try {
    return { value: walk() };
  } catch (error) {
    if (error instanceof PatchError) return { error: { code: error.code, message: error.message } };
    throw error;
  }
}
