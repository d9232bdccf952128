/** Descriptions by definition (short name) and field; "" is the definition's own. */
export type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>;

let loaded: Promise<Texts> | undefined;

/** Reads the descriptions when a document is first asked for: they are most of the tables' size. */
export function loadTexts(): Promise<Texts> {
  loaded ??= import('../../../gen/kubernetes/descriptions.json', { with: { type: 'json' } }).then(
    // Rows differ in their keys only, which makes the inferred type useless.
    (module) => module.default as unknown as Texts,
  );
  return loaded;
}
