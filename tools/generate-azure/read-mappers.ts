import { kindOfType, memberOf, readDeclarations } from './declarations.ts';
import { type Member, type Model, propertiesOf } from './model.ts';

/** Older packages: `mappers.js` holds the wire format as data; the string types behind `String` are in the declarations. */
interface Mapper {
  readonly type: MapperType;
}
interface MapperType {
  readonly name: string;
  readonly className?: string;
  readonly modelProperties?: {
    readonly [name: string]: { readonly serializedName: string; readonly readOnly?: boolean; readonly type: MapperType };
  };
  readonly element?: Mapper;
  readonly value?: Mapper;
}

export function readMappers(mappers: { readonly [name: string]: Mapper }, declarationText: string): Model {
  const declarations = readDeclarations(declarationText);
  const classes = new Map<string, Map<string, Member>>();
  for (const { type } of Object.values(mappers)) {
    if (type?.name !== 'Composite' || !type.className || !type.modelProperties) continue;
    const own = new Map<string, Member>();
    const inner = new Map<string, Member>();
    for (const [client, { serializedName, readOnly = false, type: memberType }] of Object.entries(type.modelProperties)) {
      const declared = memberOf(declarations, type.className, client);
      // Mappers leave the flag out on members that refer to a class.
      const member = {
        kind: kindOf(memberType, declared && kindOfType(declarations, declared.type)),
        readOnly: readOnly || declared?.readOnly === true,
      };
      if (serializedName.startsWith('properties.')) inner.set(wireName(serializedName.slice('properties.'.length)), member);
      else own.set(wireName(serializedName), member);
    }
    if (inner.size > 0) {
      classes.set(propertiesOf(type.className), inner);
      own.set('properties', { kind: propertiesOf(type.className), readOnly: false });
    }
    classes.set(type.className, own);
  }
  return { classes, enums: declarations.enums };
}

const wireName = (serialized: string): string => serialized.replaceAll('\\.', '.');

function kindOf(type: MapperType, declared: string | undefined): string {
  switch (type.name) {
    case 'Composite':
      return type.className ?? 'any';
    case 'Sequence':
      return `${type.element ? kindOf(type.element.type, declared?.replace(/\[\]$/, '')) : 'any'}[]`;
    case 'Dictionary':
      return `${type.value ? kindOf(type.value.type, declared?.replace(/\{\}$/, '')) : 'any'}{}`;
    case 'Number':
      return 'number';
    case 'Boolean':
      return 'boolean';
    case 'String':
    case 'Enum':
      return declared?.startsWith('=') ? declared : 'string';
    case 'DateTime':
    case 'ByteArray':
    case 'Uuid':
    case 'TimeSpan':
      return 'string';
    default:
      return 'any';
  }
}
