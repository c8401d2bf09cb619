import type { YamlScalar } from './scalar';
import { isInteger, plainScalar } from './scalar';

/** `int` of `!!int` and of `!<tag:yaml.org,2002:int>`; undefined for tags that are not YAML's own. */
export function yamlTag(tag: string): string | undefined {
  return /^!!(.*)$/.exec(tag)?.[1] ?? /^!<tag:yaml\.org,2002:(.*)>$/.exec(tag)?.[1];
}

/** A scalar with a tag of YAML; undefined where it is none of that kind. With any other tag it is a string. */
export function taggedScalar(tag: string | undefined, source: string): YamlScalar | undefined {
  const value = plainScalar(source);
  switch (tag) {
    case 'int':
      return typeof value === 'number' && isInteger(source) ? value : undefined;
    case 'float':
      return typeof value === 'number' ? value : undefined;
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'null':
      return value === null ? null : undefined;
    case 'timestamp':
      return /^\d{4}-\d/.test(source) ? source : undefined;
    case 'binary':
      return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(source.replace(/[\r\n]/g, ''))
        ? Buffer.from(source, 'base64').toString('utf8')
        : undefined;
    default:
      return source;
  }
}
