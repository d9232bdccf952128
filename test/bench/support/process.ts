import { readFileSync } from 'node:fs';

/** Resident memory of a process in MB. Linux only: elsewhere it throws, and the measure says so. */
export function residentMb(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1]) / 1024;
}

/** CPU time that a process used so far, all threads, in µs. Linux only; its clock ticks are 10 ms, so measure over seconds. */
export function cpuMicros(pid: number): number {
  // The command's name may contain spaces; fields count from behind its closing parenthesis.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
