/** How can a file be shown? By its name first, since stores know little of types, then by what it holds. */

export type Kind = "image" | "html" | "json" | "text" | "none";

const IMAGES: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  bmp: "image/bmp",
  svg: "image/svg+xml",
};

export function imageType(path: string): string | null {
  return IMAGES[ending(path)] ?? null;
}

export function kindOf(path: string, bytes: Uint8Array): Kind {
  const end = ending(path);
  if (end in IMAGES) return "image";
  if (end === "html" || end === "htm") return "html";
  if (!isText(bytes)) return "none";
  return end === "json" || end === "ipynb" ? "json" : "text";
}

function ending(path: string): string {
  const name = path.split("/").pop()!;
  return name.includes(".") ? name.split(".").pop()!.toLowerCase() : "";
}

/** Are the first bytes UTF-8 without zeros? The last character may be cut. */
function isText(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 4096);
  if (head.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}
