import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/**
 * One page, served by Footpath itself at `/`: hashed assets below `/assets/`, no inline script or style, so that a
 * policy of `script-src 'self'; style-src 'self'` holds. `FOOTPATH_URL` points `npm run dev` at another server.
 */
export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    target: 'es2022',
    // Assets as data: URLs would need an exception in the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '/api': process.env.FOOTPATH_URL ?? 'http://127.0.0.1:4040',
      '/footpath.js': process.env.FOOTPATH_URL ?? 'http://127.0.0.1:4040',
    },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/testing/setup.ts'],
    testTimeout: 30_000,
    restoreMocks: true,
    unstubGlobals: true,
    // Times are shown where the site lives; a machine in another zone must not change a test.
    env: { TZ: 'UTC' },
  },
})
