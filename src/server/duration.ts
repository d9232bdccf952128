const UNITS_MS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Reads "30d", "1h30m" or "90s" as milliseconds. Undefined when it is none of that, or longer than numbers are exact. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, , unit] of text.matchAll(/(\d+(\.\d+)?)(ms|s|m|h|d|w)/g))
    totalMs += Number(amount) * (UNITS_MS[unit as string] as number);
  const wholeMs = Math.round(totalMs);
  return Number.isSafeInteger(wholeMs) ? wholeMs : undefined;
}
