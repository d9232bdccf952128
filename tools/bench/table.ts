import { type Figure, meetsGoal, type Report } from './measure.ts';

const COLUMNS = ['measure', 'figure', 'value', 'goal', '', 'beside'] as const;

/** Three significant digits, without exponents. */
function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

function goalText({ goal, unit }: Figure): string {
  if (!goal) return '';
  return 'atMost' in goal ? `≤ ${digits(goal.atMost)} ${unit}` : `≥ ${digits(goal.atLeast)} ${unit}`;
}

function verdict(figure: Figure): string {
  const met = meetsGoal(figure);
  return met === undefined ? '' : met ? 'met' : 'MISSED';
}

function rowsOf(report: Report): string[][] {
  if ('failure' in report) return [[report.name, 'not measured', report.failure.split('\n')[0] ?? '', '', 'FAILED', '']];
  return report.figures.map((figure, at) => [
    at === 0 ? report.name : '',
    figure.name,
    `${digits(figure.value)} ${figure.unit}`,
    goalText(figure),
    verdict(figure),
    figure.beside ?? '',
  ]);
}

/** All figures as one aligned table, and under it how each was measured. */
export function formatTable(reports: readonly Report[]): string {
  const rows = [[...COLUMNS], ...reports.flatMap(rowsOf)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const methods = reports.map(({ name, method }) => `  ${name}: ${method}`);
  return [...lines, '', 'Method', ...methods, ''].join('\n');
}
