import type { Definition, Type } from '../model';
import type { CelType } from './declared-type';

/** Deeper fields than these are not looked at: some definitions contain themselves. */
const DEPTH = 9;

/** The type of an object of a built-in kind, as rules of admission see it. */
export function builtInType(definition: Definition, depth = DEPTH): CelType {
  if (depth === 0) return 'dyn';
  const fields = new Map<string, CelType>();
  for (const [name, { type }] of definition.fields) fields.set(name, typeOfField(type, depth - 1));
  return { fields };
}

function typeOfField(type: Type, depth: number): CelType {
  switch (type.is) {
    case 'object':
      // Objects without named fields hold anything.
      return type.definition.fields.size === 0 ? 'dyn' : builtInType(type.definition, depth);
    case 'list':
      return { list: typeOfField(type.of, depth) };
    case 'map':
      return { map: typeOfField(type.of, depth) };
    case 'bool':
      return 'bool';
    case 'int32':
    case 'int64':
      return 'int';
    case 'string':
      return 'string';
    default:
      return 'dyn';
  }
}
