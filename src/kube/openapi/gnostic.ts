import { stringify } from 'yaml';
import type { Writer } from '../protobuf/writer.ts';
import { markOf, newWriter, putNested, putTag, putText, putVarint, take } from '../protobuf/writer.ts';
import type { SchemaObject } from './definition.ts';

// gnostic's protobuf form of a version 2 document (openapi.v2.Document). kubectl up to 1.28 reads nothing else.
// Messages are written backwards (see protobuf/writer.ts), so fields come in descending order.

type Put = (writer: Writer, value: unknown) => void;

const isObject = (value: unknown): value is SchemaObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function putMessage(writer: Writer, number: number, put: Put, value: unknown): void {
  if (value === undefined) return;
  const mark = markOf(writer);
  put(writer, value);
  putNested(writer, number, mark);
}

function putEach(writer: Writer, number: number, put: Put, values: readonly unknown[]): void {
  for (let i = values.length - 1; i >= 0; i--) putMessage(writer, number, put, values[i]);
}

function putString(writer: Writer, number: number, value: unknown): void {
  if (typeof value === 'string' && value !== '') putText(writer, number, value);
}

function putStrings(writer: Writer, number: number, value: unknown): void {
  const list = listOf(value);
  for (let i = list.length - 1; i >= 0; i--) putText(writer, number, String(list[i]));
}

function putTrue(writer: Writer, number: number, value: unknown): void {
  if (value !== true) return;
  putVarint(writer, 1);
  putTag(writer, number, 0);
}

/** A map as a list of messages with a name (1) and a value (2). */
function putNamed(writer: Writer, number: number, put: Put, value: unknown): void {
  const entry: Put = (target, pair) => {
    const [name, item] = pair as readonly [string, unknown]; // made below
    putMessage(target, 2, put, item);
    putText(target, 1, name);
  };
  putEach(writer, number, entry, isObject(value) ? Object.entries(value) : []);
}

/** Values of any shape travel as YAML text. Few distinct ones make up thousands. */
const yamlTexts = new Map<string, string>();

const putAny: Put = (writer, value) => {
  const key = JSON.stringify(value);
  let text = yamlTexts.get(key);
  if (text === undefined) {
    text = stringify(value, { sortMapEntries: true, lineWidth: 0 });
    yamlTexts.set(key, text);
  }
  putText(writer, 2, text);
};

function putExtensions(writer: Writer, number: number, value: SchemaObject): void {
  const names = Object.keys(value).filter((key) => key.startsWith('x-'));
  const extensions = Object.fromEntries(names.sort().map((name) => [name, value[name]]));
  putNamed(writer, number, putAny, extensions);
}

const putSchema: Put = (writer, value) => {
  const schema = value as SchemaObject; // by the form of a document
  putExtensions(writer, 31, schema);
  putMessage(writer, 25, (target, item) => putNamed(target, 1, putSchema, item), schema['properties']);
  putMessage(writer, 23, (target, item) => putMessage(target, 1, putSchema, item), schema['items']);
  putMessage(writer, 22, (target, item) => putStrings(target, 1, [item]), schema['type']);
  putMessage(writer, 21, (target, item) => putMessage(target, 1, putSchema, item), schema['additionalProperties']);
  putEach(writer, 20, putAny, listOf(schema['enum']));
  putStrings(writer, 19, schema['required']);
  putMessage(writer, 5, putAny, schema['default']);
  putString(writer, 4, schema['description']);
  putString(writer, 2, schema['format']);
  putString(writer, 1, schema['$ref']);
};

const putBodyParameter: Put = (writer, value) => {
  const parameter = value as SchemaObject; // by the form of a document
  putMessage(writer, 5, putSchema, parameter['schema']);
  putTrue(writer, 4, parameter['required']);
  putString(writer, 3, parameter['in']);
  putString(writer, 2, parameter['name']);
  putString(writer, 1, parameter['description']);
};

/** Query and path parameters differ in the numbers of what follows the name. */
const putPlainParameter =
  (numbers: { readonly type: number; readonly uniqueItems: number }): Put =>
  (writer, value) => {
    const parameter = value as SchemaObject; // by the form of a document
    putTrue(writer, numbers.uniqueItems, parameter['uniqueItems']);
    putString(writer, numbers.type, parameter['type']);
    putString(writer, 4, parameter['name']);
    putString(writer, 3, parameter['description']);
    putString(writer, 2, parameter['in']);
    putTrue(writer, 1, parameter['required']);
  };
const putQueryParameter = putPlainParameter({ type: 6, uniqueItems: 20 });
const putPathParameter = putPlainParameter({ type: 5, uniqueItems: 19 });

const putParameter: Put = (writer, value) => {
  const parameter = value as SchemaObject; // by the form of a document
  if (parameter['in'] === 'body') putMessage(writer, 1, putBodyParameter, parameter);
  else {
    const isPath = parameter['in'] === 'path';
    const plain: Put = (target, item) => putMessage(target, isPath ? 4 : 3, isPath ? putPathParameter : putQueryParameter, item);
    putMessage(writer, 2, plain, parameter);
  }
};

const putParameterOrReference: Put = (writer, value) => {
  const reference = (value as SchemaObject)['$ref'];
  if (reference === undefined) putMessage(writer, 1, putParameter, value);
  else putMessage(writer, 2, (target, item) => putString(target, 1, item), reference);
};

const putResponse: Put = (writer, value) => {
  const response = value as SchemaObject; // by the form of a document
  putMessage(writer, 2, (target, item) => putMessage(target, 1, putSchema, item), response['schema']);
  putString(writer, 1, response['description']);
};

const putOperation: Put = (writer, value) => {
  const operation = value as SchemaObject; // by the form of a document
  putExtensions(writer, 13, operation);
  putStrings(writer, 10, operation['schemes']);
  const putResponses: Put = (target, item) => putNamed(target, 1, (inner, one) => putMessage(inner, 1, putResponse, one), item);
  putMessage(writer, 9, putResponses, operation['responses']);
  putEach(writer, 8, putParameterOrReference, listOf(operation['parameters']));
  putStrings(writer, 7, operation['consumes']);
  putStrings(writer, 6, operation['produces']);
  putString(writer, 5, operation['operationId']);
  putString(writer, 3, operation['description']);
  putStrings(writer, 1, operation['tags']);
};

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];

const putPathItem: Put = (writer, value) => {
  const item = value as SchemaObject; // by the form of a document
  putEach(writer, 9, putParameterOrReference, listOf(item['parameters']));
  for (let i = methods.length - 1; i >= 0; i--) putMessage(writer, i + 2, putOperation, item[methods[i] ?? '']);
};

const putApiKey: Put = (writer, value) => {
  const scheme = value as SchemaObject; // by the form of a document
  putString(writer, 4, scheme['description']);
  putString(writer, 3, scheme['in']);
  putString(writer, 2, scheme['name']);
  putString(writer, 1, scheme['type']);
};

const putDocument: Put = (writer, value) => {
  const document = value as SchemaObject; // by the form of a document
  const putSecurityItem: Put = (target, item) => putMessage(target, 2, putApiKey, item);
  putMessage(writer, 13, (target, item) => putNamed(target, 1, putSecurityItem, item), document['securityDefinitions']);
  const putScopes: Put = (target, item) => putStrings(target, 1, item);
  putEach(writer, 12, (target, item) => putNamed(target, 1, putScopes, item), listOf(document['security']));
  putMessage(writer, 10, (target, item) => putNamed(target, 1, putParameter, item), document['parameters']);
  putMessage(writer, 9, (target, item) => putNamed(target, 1, putSchema, item), document['definitions']);
  putMessage(writer, 8, (target, item) => putNamed(target, 2, putPathItem, item), document['paths']);
  const putInfo: Put = (target, item) => {
    putString(target, 2, (item as SchemaObject)['version']);
    putString(target, 1, (item as SchemaObject)['title']);
  };
  putMessage(writer, 2, putInfo, document['info']);
  putString(writer, 1, document['swagger']);
};

/** The protobuf form of a version 2 document, served for `application/com.github.proto-openapi.spec.v2.v1.0+protobuf`. */
export function encodeOpenApiV2(document: SchemaObject): Uint8Array {
  const writer = newWriter();
  putDocument(writer, document);
  return take(writer, writer.buffer.length);
}
