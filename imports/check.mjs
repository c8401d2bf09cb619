// Whether the importer's TypeScript says all that the schemas of the CRDs say. It passes over without a word what it has no name for,
// and what gets the name of something else; such a field would vanish from manifests.

/** What the importer's own code means by these names, so that no kind may be called so. */
const USED = ['Object', 'Record', 'Date'];
/** Fields of an object that cdk8s itself knows, or that no manifest has. */
const KNOWN = ['apiVersion', 'kind', 'metadata', 'status'];

/** Throws an error that names the first kind or field that is not as its CRD has it. */
export function checkGenerated(source, crds) {
  refuseNames(source);
  const fields = fieldsOf(source);
  for (const { spec } of crds)
    for (const [i, { name: version, schema }] of spec.versions.entries()) {
      const { kind } = spec.names;
      // Classes of further versions end in the version.
      const wanted = `${kind}${i === 0 ? '' : version}props`.toLowerCase();
      const name = [...fields.keys()].find((type) => type.toLowerCase() === wanted);
      if (!name) throw new Error(`the importer wrote no class for ${kind} ${version}`);
      const root = { ...schema?.openAPIV3Schema?.properties };
      for (const known of KNOWN) delete root[known];
      checkType(name, { properties: root }, kind, fields, new Map());
    }
}

/** A class called like what the code around it uses hides that; two things of one name hide each other. */
function refuseNames(source) {
  const imported = [...source.matchAll(/^import (?:type )?\{(.*)\}/gm)].flatMap(([, names]) =>
    names.split(',').map((name) => name.trim().replace(/^type /, '')),
  );
  const exported = [...source.matchAll(/^export (?:class|interface|enum) (\w+)/gm)].map(([, name]) => name);
  for (const [i, name] of exported.entries()) {
    const advice = 'write objects of this kind with ApiObject of cdk8s, and take its CRD out of imports/crds';
    if ([...USED, ...imported].includes(name))
      throw new Error(`the kind ${name} has a name that the generated code uses for something else. Fix: ${advice}`);
    if (exported.indexOf(name) !== i)
      throw new Error(`two kinds, or a kind and the type of a field, become one name: ${name}. Fix: ${advice}`);
  }
}

/** By type: by the field's name in manifests, the expression that its value comes from. */
function fieldsOf(source) {
  const functions = source.matchAll(/^export function toJson_(\w+)\([\s\S]*?const result = \{\n([\s\S]*?)^ {2}\};/gm);
  return new Map(
    [...functions].map(([, type, body]) => [
      type,
      new Map([...body.matchAll(/^ {4}'(.*)': (.*),$/gm)].map(([, field, expression]) => [field, expression])),
    ]),
  );
}

function checkType(type, schema, path, fields, types) {
  const shape = JSON.stringify(schema);
  const other = types.get(type);
  if (other?.shape === shape) return;
  if (other)
    throw new Error(
      `${other.path} and ${path} become one type, ${type}, and are not alike. Fix: leave one of the two out with "keep"`,
    );
  types.set(type, { shape, path });
  for (const [field, below] of Object.entries(schema.properties ?? {})) {
    const expression = fields.get(type)?.get(field);
    if (expression === undefined) throw new Error(lost(`${path}.${field}`, field, fields.get(type)));
    const [, next] = /toJson_(\w+)/.exec(expression) ?? [];
    const inner = contentOf(below);
    if (next && inner.properties) checkType(next, inner, `${path}.${field}`, fields, types);
  }
}

function lost(path, field, present = new Map()) {
  const plain = (name) => name.replace(/\W|_/g, '').toLowerCase();
  const twin = [...present.keys()].find((name) => plain(name) === plain(field));
  return twin === undefined
    ? `the importer passes over ${path}: it has no name for it. Fix: leave it out with "keep"`
    : `${path} and ${twin} become one name, and the importer passes over the one. Fix: leave one of the two out with "keep"`;
}

/** Of lists and maps, what is in them. */
function contentOf(schema) {
  const inner =
    schema.items ?? (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined);
  return inner ? contentOf(inner) : schema;
}
