import type { CronSchedule } from '../../kinds/batch/cron-schedule.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** A schedule that does not fire within five years never does (31 February). */
const HORIZON_MS = 5 * 366 * DAY_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

/** The clock on the wall of a time zone, as if it were UTC: ms since the epoch. */
function wallMs(atMs: number, timeZone: string): number {
  if (timeZone === 'UTC') return atMs;
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  const part = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The instant at which the wall shows that time; where a change of the clock skips it, the instant of the change or just after. */
function instantMs(wall: number, timeZone: string): number {
  const guess = wall - (wallMs(wall, timeZone) - wall);
  return wall - (wallMs(guess, timeZone) - guess);
}

/**
 * First time after `afterMs` at which a schedule fires on the clock of `timeZone`; undefined when it never does. As in robfig/cron,
 * times that a change of the clock skips do not fire, and those that it repeats fire twice.
 */
export function nextTimeMs(schedule: CronSchedule, afterMs: number, timeZone = 'UTC'): number | undefined {
  let atMs = (Math.floor(afterMs / MINUTE_MS) + 1) * MINUTE_MS;
  const lastMs = afterMs + HORIZON_MS;
  while (atMs <= lastMs) {
    const wall = wallMs(atMs, timeZone);
    const date = new Date(wall);
    if (!schedule.months.has(date.getUTCMonth() + 1))
      atMs = forward(atMs, Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1), timeZone);
    else if (!matchesDay(schedule, date)) atMs = forward(atMs, (Math.floor(wall / DAY_MS) + 1) * DAY_MS, timeZone);
    else if (!schedule.hours.has(date.getUTCHours())) atMs += HOUR_MS - (wall % HOUR_MS);
    else if (!schedule.minutes.has(date.getUTCMinutes())) atMs += MINUTE_MS;
    else return atMs;
  }
  return undefined;
}

/** Never back: a wall time that is repeated would lead there. */
const forward = (fromMs: number, wall: number, timeZone: string): number => Math.max(instantMs(wall, timeZone), fromMs + MINUTE_MS);

/** Both day fields must match, unless both are restricted: then either does. */
function matchesDay(schedule: CronSchedule, date: Date): boolean {
  const ofMonth = schedule.daysOfMonth.has(date.getUTCDate());
  const ofWeek = schedule.daysOfWeek.has(date.getUTCDay());
  return schedule.anyDayOfMonth || schedule.anyDayOfWeek ? ofMonth && ofWeek : ofMonth || ofWeek;
}

/** Spans to look back over: the last time is searched in the shortest that holds one. */
const SPANS_MS = [HOUR_MS, DAY_MS, 32 * DAY_MS, 367 * DAY_MS, HORIZON_MS];

/** Last time in (afterMs, nowMs] at which a schedule fired, and how many there were, counted up to 101. */
export function lastTime(
  schedule: CronSchedule,
  afterMs: number,
  nowMs: number,
  timeZone?: string,
): { atMs: number; missed: number } | undefined {
  for (const spanMs of SPANS_MS) {
    const fromMs = Math.max(afterMs, nowMs - spanMs);
    let found = nextTimeMs(schedule, fromMs, timeZone);
    if (found === undefined) return undefined;
    if (found > nowMs) {
      if (fromMs === afterMs) return undefined;
      continue;
    }
    for (
      let next = nextTimeMs(schedule, found, timeZone);
      next !== undefined && next <= nowMs;
      next = nextTimeMs(schedule, found, timeZone)
    )
      found = next;
    let missed = 0;
    for (
      let at = nextTimeMs(schedule, afterMs, timeZone);
      at !== undefined && at <= nowMs && missed <= 100;
      at = nextTimeMs(schedule, at, timeZone)
    )
      missed++;
    return { atMs: found, missed };
  }
  return undefined;
}
