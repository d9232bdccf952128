/** What one SDK package says of the wire format of one api-version. */
export interface Model {
  /** Members by name on the wire, by class. Flattened `properties` are a class of their own, `<class>#properties`. */
  readonly classes: ReadonlyMap<string, ReadonlyMap<string, Member>>;
  /** Values of the string types that the package knows, by type. */
  readonly enums: ReadonlyMap<string, readonly string[]>;
}

export interface Member {
  /** `string`, `number`, `boolean`, `any`, `=Enum` or a class, with `[]` for lists and `{}` for maps behind it. */
  readonly kind: string;
  readonly readOnly: boolean;
}

export const propertiesOf = (className: string): string => `${className}#properties`;
