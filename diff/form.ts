import type { Json, Resource } from '../manifests/resource';
import { record } from '../manifests/resource';
import { withoutNulls } from '../model/object-differences';
import { LAST_APPLIED, SERVER_METADATA } from '../upstream/kubernetes/allocated';
import { customWithDefaults, withDefaults, withoutEmpty } from '../upstream/kubernetes/defaults';
import { apiOf } from '../upstream/kubernetes/model';
import { customKind } from '../world/custom-kinds';
import type { World } from '../world/world';
import type { Value } from './fields';
import type { ValueShape } from './shape';
import { builtInShape, customShape, UNKNOWN } from './shape';

/** How objects of one kind are compared. */
export interface ObjectForm {
  readonly shape: ValueShape;
  /** An object as it is written, and with what the server fills in; without its name, which tells it from others. */
  readonly value: (object: Json) => Value;
}

/** What the cluster of a world makes of a resource. */
export function formOf(world: World, resource: Resource): ObjectForm {
  // Without a version the newest that is known counts.
  const minor = world.facts.minor ?? Number.POSITIVE_INFINITY;
  const api = apiOf(minor);
  const metadata = api.definition('meta.v1.ObjectMeta');
  const kind = api.kind(resource.apiVersion, resource.kind);
  if (kind)
    return formWith(
      builtInShape(kind.definition),
      (object) => withoutEmpty(object, minor),
      (object) => withDefaults(object, minor),
    );
  const custom = customKind(world, resource);
  if (!custom?.schema)
    return formWith(custom ? customShape(custom, metadata, resource.group) : UNKNOWN, withoutNulls, withoutNulls);
  return formWith(customShape(custom, metadata, resource.group), withoutNulls, (object) =>
    customWithDefaults(withoutNulls(object), custom),
  );
}

function formWith(shape: ValueShape, state: (object: Json) => Json, fillIn: (object: Json) => Json): ObjectForm {
  return {
    shape,
    value: (object) => {
      const [written, full] = [state(object), fillIn(object)];
      return { written: stated(asStored(written, full)), full: stated(full) };
    },
  };
}

/** The API server keeps the texts of a Secret among its data: that is where they are told. */
function asStored(written: Json, full: Json): Json {
  if (written['stringData'] === undefined || full['stringData'] !== undefined) return written;
  const { stringData: _, ...rest } = written;
  return { ...rest, data: full['data'] };
}

/** The object without its name, which tells it from others, and without what its controllers and the server write. */
function stated(object: Json): Json {
  const { status: _, metadata, ...rest } = object;
  const own = Object.entries(record(metadata) ?? {}).filter(
    ([key]) => !SERVER_METADATA.includes(key) && key !== 'name' && key !== 'namespace',
  );
  return { ...rest, metadata: withoutApplied(Object.fromEntries(own)) };
}

function withoutApplied(metadata: Json): Json {
  const annotations = record(metadata['annotations']);
  if (annotations?.[LAST_APPLIED] === undefined) return metadata;
  const { annotations: _, ...rest } = metadata;
  const { [LAST_APPLIED]: __, ...others } = annotations;
  return Object.keys(others).length === 0 ? rest : { ...rest, annotations: others };
}
