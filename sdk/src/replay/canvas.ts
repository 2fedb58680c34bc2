// Still images of canvases, where the site asks for them: one every two seconds, if it has changed. The browser encodes
// it aside. Limit: a WebGL canvas that does not preserve its drawing buffer is empty when it is asked.

import type { Mirror } from "./records";

export const CANVAS_EVERY_MS = 2000;
const MAX_CANVASES = 4;
const MAX_PIXELS = 2_000_000;
/** Good enough to see what was there. */
const QUALITY = 0.4;

export interface CanvasDeps {
  mirror: Mirror;
  mayTell(canvas: Element): boolean;
  tell(payload: { id: number; width: number; height: number; image: string }): void;
}

export interface Canvases {
  look(): void;
  /** Images of before are unknown to the reader. */
  renew(): void;
}

export function startCanvases({ mirror, mayTell, tell }: CanvasDeps): Canvases {
  let last = new WeakMap<Element, string>();

  const take = (canvas: HTMLCanvasElement, id: number) => {
    const { width, height } = canvas;
    canvas.toBlob(
      (blob) => {
        if (!blob) return;
        const reader = new FileReader();
        reader.onload = () => {
          const image = String(reader.result);
          if (last.get(canvas) === image) return;
          last.set(canvas, image);
          tell({ id, width, height, image });
        };
        reader.readAsDataURL(blob);
      },
      "image/webp",
      QUALITY,
    );
  };

  return {
    look() {
      let n = 0;
      for (const canvas of document.querySelectorAll("canvas")) {
        const id = mirror.getId(canvas);
        const size = canvas.width * canvas.height;
        if (id < 1 || !size || size > MAX_PIXELS || !mayTell(canvas) || ++n > MAX_CANVASES) continue;
        try {
          take(canvas, id);
        } catch {
          // Holds images of other origins, which nobody may read.
        }
      }
    },
    renew() {
      last = new WeakMap();
    },
  };
}
