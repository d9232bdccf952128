import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';

/** Clients send "" and null for "let the service choose" (azure-contract §3.1). */
export const given = (value: Json | undefined): value is Json => value !== undefined && value !== null && value !== '';
/** Without the members that mean "choose for me". */
export const chosen = (object: JsonObject): JsonObject => Object.fromEntries(Object.entries(object).filter(([, value]) => given(value)));

export const objectAt = (object: JsonObject, name: string): JsonObject => {
  const value = object[name];
  return isObject(value) ? value : {};
};
export const textAt = (object: JsonObject, name: string): string => {
  const value = object[name];
  return typeof value === 'string' ? value : '';
};
