import { Box, Text } from "ink";
import type { Span } from "../state/rows.js";
import { paint } from "./paint.js";
import { useScreen } from "./screen-context.js";

/** One row of the screen: spans that fit exactly, so that nothing here wraps or measures twice. */
export function MessageRow({ spans }: { readonly spans: readonly Span[] }) {
  const { theme } = useScreen();
  return <Text wrap="truncate">{paint(spans, theme)}</Text>;
}

/** Rows of one width. There are always as many as the pane is high. */
export function Rows({
  rows,
  columns,
  height,
}: {
  readonly rows: readonly (readonly Span[])[];
  readonly columns: number;
  readonly height: number;
}) {
  return (
    <Box flexDirection="column" width={columns} height={height} flexShrink={0}>
      {Array.from({ length: height }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its place
        <MessageRow key={index} spans={rows[index] ?? []} />
      ))}
    </Box>
  );
}
