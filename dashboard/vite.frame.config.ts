import { defineConfig } from 'vite'

/**
 * The script of the player's frame, as one classic script: its document has an opaque origin, from which modules could be
 * asked for only across origins. And the document that asks for it, which the server hands out at `/replay/frame`.
 */
export default defineConfig({
  base: '/',
  publicDir: false,
  build: {
    target: 'es2022',
    outDir: 'dist',
    // What the dashboard's build has left there stays.
    emptyOutDir: false,
    modulePreload: false,
    rollupOptions: {
      input: 'src/replay/frame/main.ts',
      output: { format: 'iife', entryFileNames: 'assets/replay-frame-[hash].js' },
    },
  },
  plugins: [
    {
      name: 'footpath-frame-document',
      generateBundle(_, bundle) {
        const script = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry)
        if (!script) throw new Error('the frame has no script')
        this.emitFile({
          type: 'asset',
          fileName: 'replay/frame.html',
          source: `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Replay</title><script src="/${script.fileName}"></script></head></html>\n`,
        })
      },
    },
  ],
})
