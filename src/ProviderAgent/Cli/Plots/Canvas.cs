namespace ProviderAgent.Cli.Plots;

/// <param name="R">Red.</param>
/// <param name="G">Green.</param>
/// <param name="B">Blue.</param>
internal readonly record struct Colour(byte R, byte G, byte B);

/// <summary>A picture to draw on. What lies outside is left out.</summary>
internal sealed class Canvas
{
    private readonly byte[] _pixels;

    public Canvas(int width, int height, Colour background)
    {
        (Width, Height, _pixels) = (width, height, new byte[3 * width * height]);
        Fill(0, 0, width, height, background);
    }

    public int Width { get; }

    public int Height { get; }

    public ReadOnlySpan<byte> Pixels => _pixels;

    public byte[] ToPng() => PngEncoder.Encode(Width, Height, _pixels);

    public void Set(int x, int y, Colour colour)
    {
        if (x < 0 || y < 0 || x >= Width || y >= Height) return;
        var at = 3 * ((y * Width) + x);
        (_pixels[at], _pixels[at + 1], _pixels[at + 2]) = (colour.R, colour.G, colour.B);
    }

    public void Fill(int x, int y, int width, int height, Colour colour)
    {
        for (var row = Math.Max(0, y); row < Math.Min(Height, y + height); row++)
        {
            for (var column = Math.Max(0, x); column < Math.Min(Width, x + width); column++) Set(column, row, colour);
        }
    }

    /// <summary>A line, two pixels thick.</summary>
    public void Line(int fromX, int fromY, int toX, int toY, Colour colour)
    {
        var steps = Math.Max(1, Math.Max(Math.Abs(toX - fromX), Math.Abs(toY - fromY)));
        for (var i = 0; i <= steps; i++)
        {
            var (x, y) = (fromX + ((toX - fromX) * i / steps), fromY + ((toY - fromY) * i / steps));
            Set(x, y, colour);
            Set(x, y + 1, colour);
        }
    }

    /// <summary>Text in letters of five by seven pixels, twice as large.</summary>
    public void Text(int x, int y, string text, Colour colour)
    {
        foreach (var letter in text)
        {
            for (var row = 0; row < PlotFont.Rows; row++)
            {
                var bits = PlotFont.Row(letter, row);
                for (var column = 0; column < PlotFont.Columns; column++)
                {
                    if ((bits & (1 << (PlotFont.Columns - 1 - column))) != 0) Fill(x + (2 * column), y + (2 * row), 2, 2, colour);
                }
            }

            x += PlotFont.Advance;
        }
    }

    /// <summary>Text that ends at <paramref name="right"/>.</summary>
    public void TextLeftOf(int right, int y, string text, Colour colour) => Text(right - (text.Length * PlotFont.Advance), y, text, colour);
}
