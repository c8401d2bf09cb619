/** A pattern of names as an expression: `*` stands for any part of one, but not for a `/`. */
export function namePattern(pattern: string): RegExp {
  return new RegExp(`^${pattern.split('*').map(escaped).join('[^/]*')}$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
