/** `example.com/web:`, where all are images of one repository with a tag. */
export function repositoryIn(values: readonly string[]): string | undefined {
  const head = /^.+:(?=[\w.-]+$)/.exec(values[0]!)?.[0];
  return head !== undefined &&
    values.every((value) => /^[\w.-]+$/.test(value.slice(head.length)) && value.startsWith(head))
    ? head
    : undefined;
}

/** `web` of `example.com/shop/web:1.0` */
export function repositoryName(image: string): string {
  const last = image.slice(image.lastIndexOf('/', image.includes('@') ? image.indexOf('@') : image.length) + 1);
  return last.replace(/[:@].*$/, '');
}
