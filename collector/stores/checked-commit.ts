// Refuses commits that no store could keep, with the same words everywhere, before anything is written.
import { type Cell, CELL_WIDTHS } from '../../slo/counts.ts';
import type { Interval } from '../../slo/interval.ts';
import { type Commit, StoreError } from './store.ts';

/** Ids longer than this are refused; a label value of a thousand characters still fits many times. */
const LONGEST_ID = 65_536;

/** @throws StoreError (not retryable) that names the part and the value that is wrong. */
export function checkCommit(commit: Commit): void {
  const wrong = (what: string): never => {
    throw new StoreError(`commit of part ${JSON.stringify(commit.part)}: ${what}`, {
      retryable: false,
    });
  };
  checkId('part', commit.part, wrong);
  if (!Number.isSafeInteger(commit.version) || commit.version < 0)
    wrong(`version ${commit.version} is not a whole number from 0`);
  if (!commit.position.isWellFormed() || commit.position.includes('\0'))
    wrong('the position is not plain text');
  for (const cell of commit.add ?? []) {
    checkId('instance', cell.instance, wrong);
    checkCell(cell, wrong);
  }
  for (const replacement of commit.replace ?? []) {
    checkId('instance', replacement.instance, wrong);
    checkInterval('replacement', replacement, wrong);
    for (const cell of replacement.cells) {
      checkCell(cell, wrong);
      if (cell.start < replacement.from || cell.start + cell.width > replacement.to)
        wrong(
          `cell ${cell.start} of ${cell.width} s lies outside its replacement [${replacement.from}, ${replacement.to})`,
        );
    }
  }
  for (const interval of commit.coverage ?? []) {
    checkId('slo', interval.slo, wrong);
    checkInterval('coverage', interval, wrong);
  }
}

function checkId(what: string, id: string, wrong: (what: string) => void): void {
  if (id === '' || id.length > LONGEST_ID)
    wrong(`${what} id has ${id.length} characters; 1 to ${LONGEST_ID} are allowed`);
  if (!id.isWellFormed() || id.includes('\0')) wrong(`${what} id is not plain text`);
}

function checkCell(cell: Cell, wrong: (what: string) => void): void {
  if (!CELL_WIDTHS.includes(cell.width)) wrong(`no cell is ${String(cell.width)} s wide`);
  if (!Number.isSafeInteger(cell.start) || cell.start < 0 || cell.start % cell.width !== 0)
    wrong(`cell start ${cell.start} is not a multiple of its width ${cell.width}`);
  if (!Number.isSafeInteger(cell.total) || !Number.isSafeInteger(cell.bad))
    wrong(`counts ${cell.total} and ${cell.bad} are not whole numbers up to 2^53`);
}

function checkInterval(what: string, { from, to }: Interval, wrong: (what: string) => void): void {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || !(from < to) || from < 0)
    wrong(`${what} [${from}, ${to}) is not a range of whole seconds`);
}
