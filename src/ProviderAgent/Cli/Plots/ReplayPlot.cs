using System.Globalization;
using ProviderAgent.Bidding;

namespace ProviderAgent.Cli.Plots;

/// <summary>One curve or set of bars.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Points">Along the panel's axis, in order.</param>
internal sealed record PlotSeries(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A replay as one picture: how the bids' prices are spread, what was earned up to each moment, and how much of the host was leased.</summary>
internal static class ReplayPlot
{
    private const int Width = 1000;
    private const int PanelHeight = 300;
    private const int Left = 120;
    private const int Right = 30;
    private const int Top = 40;
    private const int Bottom = 50;
    private const int MaxName = 24;

    private static readonly Colour Paper = new(255, 255, 255);
    private static readonly Colour Ink = new(40, 40, 40);
    private static readonly Colour Grid = new(225, 225, 225);

    // Told apart by people who see few colours too.
    private static readonly Colour[] Colours = [new(0, 114, 178), new(213, 94, 0), new(0, 158, 115), new(204, 121, 167), new(230, 159, 0), new(86, 180, 233)];

    /// <param name="policies">Each policy with what it would have made of the orders.</param>
    public static byte[] Draw(IReadOnlyList<(string Name, PolicyTally Tally)> policies)
    {
        var canvas = new Canvas(Width, 3 * PanelHeight, Paper);
        Panel(canvas, 0, "bids by price (usd/month, each mark ten times the one before)", Number, x => Number(Math.Pow(10, x)), [.. policies.Select(policy => new PlotSeries(policy.Name, Prices(policy.Tally)))]);
        Panel(canvas, 1, "income so far (usd)", Number, Day, [.. policies.Select(policy => new PlotSeries(policy.Name, Income(policy.Tally)))]);
        Panel(canvas, 2, "leased part of the scarcest resource", y => y.ToString("0%", CultureInfo.InvariantCulture), Day, [.. policies.Select(policy => new PlotSeries(policy.Name, Use(policy.Tally)))]);
        return canvas.ToPng();
    }

    private static (double X, double Y)[] Prices(PolicyTally tally) => [.. tally.Histogram.Select(bar => (Math.Log10(bar.UpToUsd), (double)bar.Bids))];

    private static List<(double X, double Y)> Income(PolicyTally tally)
    {
        var points = new List<(double, double)>();
        double sum = 0;
        foreach (var step in tally.Timeline.Steps) points.Add((step.From.ToUnixTimeSeconds(), sum += step.IncomeUsd));
        return points;
    }

    private static (double X, double Y)[] Use(PolicyTally tally) =>
        [.. tally.Timeline.Steps.Select(step => ((double)step.From.ToUnixTimeSeconds(), Math.Max(Math.Max(step.Use.Cpu, step.Use.Memory), Math.Max(step.Use.Storage, step.Use.Gpus))))];

    private static void Panel(Canvas canvas, int number, string title, Func<double, string> nameY, Func<double, string> nameX, PlotSeries[] series)
    {
        var top = number * PanelHeight;
        canvas.Text(Left, top + 10, title, Ink);
        var all = series.SelectMany(line => line.Points).Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y)).ToArray();
        if (all.Length == 0)
        {
            canvas.Text(Left, top + (PanelHeight / 2), "nothing to show", Ink);
            return;
        }

        var (least, most, highest) = (all.Min(point => point.X), all.Max(point => point.X), Math.Max(all.Max(point => point.Y), 1e-9));
        var (width, height) = (Width - Left - Right, PanelHeight - Top - Bottom);
        int X(double x) => Left + (int)Math.Round(most > least ? (x - least) / (most - least) * width : width / 2.0);
        int Y(double y) => top + Top + height - (int)Math.Round(y / highest * height);
        for (var i = 0; i <= 4; i++)
        {
            canvas.Fill(Left, Y(highest * i / 4), width, 1, Grid);
            canvas.TextLeftOf(Left - 8, Y(highest * i / 4) - PlotFont.Rows, nameY(highest * i / 4), Ink);
            var at = least + ((most - least) * i / 4);
            canvas.Text(Math.Min(X(at), Width - Right - (nameX(at).Length * PlotFont.Advance)), top + PanelHeight - Bottom + 10, nameX(at), Ink);
        }

        canvas.Fill(Left, top + Top, 2, height, Ink);
        canvas.Fill(Left, top + Top + height, width, 2, Ink);
        for (var i = 0; i < series.Length; i++) Curve(canvas, series[i], Colours[i % Colours.Length], X, Y);
        Legend(canvas, top, series);
    }

    private static void Curve(Canvas canvas, PlotSeries series, Colour colour, Func<double, int> x, Func<double, int> y)
    {
        (int X, int Y)? before = null;
        foreach (var point in series.Points)
        {
            if (!double.IsFinite(point.X) || !double.IsFinite(point.Y)) continue;
            var here = (X: x(point.X), Y: y(point.Y));
            if (before is { } last) canvas.Line(last.X, last.Y, here.X, here.Y, colour);
            else canvas.Fill(here.X - 1, here.Y - 1, 4, 4, colour);
            before = here;
        }
    }

    private static void Legend(Canvas canvas, int top, PlotSeries[] series)
    {
        var x = Left;
        for (var i = 0; i < series.Length && x < Width; i++)
        {
            var name = series[i].Name.Length > MaxName ? series[i].Name[..MaxName] : series[i].Name;
            canvas.Fill(x, top + PanelHeight - 18, 12, 12, Colours[i % Colours.Length]);
            canvas.Text(x + 18, top + PanelHeight - 18, name, Ink);
            x += 40 + (name.Length * PlotFont.Advance);
        }
    }

    private static string Number(double value) => Math.Abs(value) switch
    {
        >= 1e6 => (value / 1e6).ToString("0.#M", CultureInfo.InvariantCulture),
        >= 1e4 => (value / 1e3).ToString("0.#K", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };

    private static string Day(double seconds) => DateTimeOffset.FromUnixTimeSeconds((long)seconds).ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);
}
