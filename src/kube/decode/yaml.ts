import type { Tags } from 'yaml';
import { parseAllDocuments } from 'yaml';
import type { Json } from '../../kernel/json.ts';
import type { Outcome } from '../outcome.ts';
import { mayHaveDuplicates } from './duplicates.ts';

/** What the YAML 1.1 schema has and Go's decoder does not: dates stay text, base 60 is no number, no sets, pairs or binaries. */
const customTags = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === 'string' || (tag.format !== 'TIME' && !/:(timestamp|binary|omap|pairs|set)$/.test(tag.tag)));

export interface YamlValue {
  readonly value: Json;
  /** Message of the strict decoder about names that a mapping has twice. */
  readonly duplicates?: string;
}

/**
 * The value of a text that is JSON, which is YAML too and what most clients send as such: read at a hundredth of the cost. Undefined
 * where YAML would say more about it: names that come twice, merge keys, several documents.
 */
function parsePlainJson(text: string): Json | undefined {
  if (!text.startsWith('{') || text.includes('"<<"')) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return mayHaveDuplicates(text, value) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** First document of a YAML text with YAML 1.1 semantics, as sigs.k8s.io/yaml reads it. Aliases are expanded within limits. */
export function parseYaml(text: string): Outcome<YamlValue> {
  const plain = parsePlainJson(text);
  if (plain !== undefined) return { value: { value: plain } };
  const documents = parseAllDocuments(text, { version: '1.1', merge: true, uniqueKeys: true, customTags, logLevel: 'silent' });
  const document = 'empty' in documents ? undefined : documents[0];
  if (document === undefined) return { value: { value: null } };
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  const faults = document.errors.filter((error) => error.code !== 'DUPLICATE_KEY');
  const [fault] = faults;
  if (fault) return { error: `yaml: line ${lineOf(fault.pos[0])}: ${fault.message.split(/ at line | \n|:\n/)[0] ?? ''}` };
  const repeated = document.errors.map((error) => {
    const name = /^[^:\n]*/.exec(text.slice(error.pos[0]))?.[0].trim() ?? '';
    return `  line ${lineOf(error.pos[0])}: key ${JSON.stringify(name.replace(/^["']|["']$/g, ''))} already set in map`;
  });
  try {
    const value = (document.toJS() ?? null) as Json;
    return { value: repeated.length > 0 ? { value, duplicates: `yaml: unmarshal errors:\n${repeated.join('\n')}` } : { value } };
  } catch (error) {
    return { error: `yaml: ${error instanceof Error ? error.message : String(error)}` };
  }
}
