import { journalSuite } from './journal.suite.ts';
import { memoryJournal } from './journal.ts';

journalSuite('in memory', () => Promise.resolve({ journal: memoryJournal(), recovered: undefined }));
