/** Only what suppress.ts calls; the package has no types. */
declare module "@echogarden/rnnoise-wasm" {
  export interface RnnoiseModule {
    readonly HEAPF32: Float32Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    /** @param model 0 for the one that is built in */
    _rnnoise_create(model: number): number;
    _rnnoise_destroy(state: number): void;
    /** 480 samples with the values of 16 bits. @returns how likely it is that somebody speaks, 0 to 1 */
    _rnnoise_process_frame(state: number, out: number, input: number): number;
  }
  export default function load(): Promise<RnnoiseModule>;
}
