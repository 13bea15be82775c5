import type { Schemas } from '@/api/types';

type Artifact = Schemas['Artifact'];

/** One piece of a result, as it is shown. */
export type Piece =
  | { kind: 'text'; text: string; audience: readonly string[] }
  | { kind: 'media'; media: 'image' | 'audio'; mediaType: string; artifact: Artifact | undefined }
  | { kind: 'resource'; uri: string; mediaType: string; text: string | undefined; artifact: Artifact | undefined }
  | { kind: 'link'; uri: string; name: string; description: string | undefined; mediaType: string | undefined; size: number | undefined }
  | { kind: 'unknown'; value: unknown };

export interface CallContent {
  pieces: readonly Piece[];
  structured: unknown;
  hasStructured: boolean;
  /** The tool itself says that it failed. */
  isError: boolean;
}

/**
 * What a result holds, in its order. Bytes are artifacts of the run: they are found by the names that the hub gives
 * them. Nothing when the result is not one of an MCP server: then it is any JSON value.
 */
export function contentOf(result: unknown, artifacts: readonly Artifact[]): CallContent | undefined {
  if (!isRecord(result)) return undefined;
  const { content, structuredContent } = result;
  const blocks = Array.isArray(content) ? (content as unknown[]) : isRecord(content) ? [content] : undefined;
  if (!blocks && structuredContent === undefined) return undefined;
  const left = [...artifacts];
  const take = (fits: (artifact: Artifact) => boolean): Artifact | undefined => {
    const at = left.findIndex(fits);
    return at < 0 ? undefined : left.splice(at, 1)[0];
  };
  const pieces = (blocks ?? []).map((block, at): Piece => (isRecord(block) ? pieceOf(block, at + 1, take) : { kind: 'unknown', value: block }));
  const hasStructured = structuredContent !== undefined && structuredContent !== null;
  return {
    pieces: hasStructured ? pieces.filter((piece) => !isSameAs(piece, structuredContent)) : pieces,
    structured: structuredContent,
    hasStructured,
    isError: result.isError === true,
  };
}

/** Servers repeat structured content as text, for clients that do not know it. */
function isSameAs(piece: Piece, structured: unknown): boolean {
  if (piece.kind !== 'text') return false;
  try {
    return JSON.stringify(JSON.parse(piece.text)) === JSON.stringify(structured);
  } catch {
    return false;
  }
}

function pieceOf(block: Record<string, unknown>, number: number, take: (fits: (artifact: Artifact) => boolean) => Artifact | undefined): Piece {
  const { type } = block;
  if (type === 'text') {
    const audience = isRecord(block.annotations) && Array.isArray(block.annotations.audience) ? block.annotations.audience.filter((one) => typeof one === 'string') : [];
    return { kind: 'text', text: textAt(block, 'text') ?? '', audience };
  }
  if (type === 'image' || type === 'audio') {
    const artifact = take((one) => one.name.startsWith(`${type}-${number}.`));
    return { kind: 'media', media: type, mediaType: textAt(block, 'mimeType') ?? artifact?.media_type ?? '', artifact };
  }
  if (type === 'resource_link') {
    const uri = textAt(block, 'uri') ?? '';
    take((one) => one.url === uri);
    const size = typeof block.size === 'number' ? block.size : undefined;
    return { kind: 'link', uri, name: textAt(block, 'title') ?? textAt(block, 'name') ?? uri, description: textAt(block, 'description'), mediaType: textAt(block, 'mimeType'), size };
  }
  if (type === 'resource' && isRecord(block.resource)) {
    const { resource } = block;
    const uri = textAt(resource, 'uri') ?? '';
    const last = uri.split(/[/:]/).at(-1);
    const artifact = take((one) => one.blob_id != null && (one.name === last || one.name === `resource-${number}`));
    return { kind: 'resource', uri, mediaType: textAt(resource, 'mimeType') ?? artifact?.media_type ?? 'text/plain', text: textAt(resource, 'text'), artifact };
  }
  return { kind: 'unknown', value: block };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const textAt = (record: Record<string, unknown>, key: string): string | undefined => (typeof record[key] === 'string' ? record[key] : undefined);
