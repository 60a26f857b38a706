/// <reference types="vite/client" />
/// <reference types="svelte" />

interface ImportMetaEnv {
  /** Whether the dev server serves photos for the mock. */
  readonly MOCK_PHOTOS: boolean;
}
