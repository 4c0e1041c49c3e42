using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using ProviderAgent.Operator.Metrics;
using ProviderAgent.ProviderAgent.Tests.Docs;
using ProviderAgent.ProviderAgent.Tests.Support;

namespace ProviderAgent.ProviderAgent.Tests.Operator;

/// <summary>The scrape of the composed daemon. Meters belong to the process: while another test runs one of the rooms, its series would come along.</summary>
[Collection(EnvironmentCollection.Name)]
public sealed class MetricsEndpointTests
{
    [NeedsFact("promtool")]
    public async Task Metrics_OfTheDaemon_PassThePrometheusLinter()
    {
        await using var host = await OperatorHost.StartAsync();
        var text = await ScrapeAsync(host);

        using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await promtool.StandardInput.WriteAsync(text);
        promtool.StandardInput.Close();
        var complaints = (await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await promtool.WaitForExitAsync();

        Assert.Empty(complaints);
        Assert.Equal(0, promtool.ExitCode);
    }

    [Trait(Pain.Trait, Pain.NoMetrics)]
    [Fact]
    public async Task Metrics_OfTheDaemon_AreAllInThePage()
    {
        await using var host = await OperatorHost.StartAsync();

        var text = await ScrapeAsync(host);

        var shown = Regex.Matches(text, "^# TYPE (provider_[a-z_]+|container_[a-z_]+) ", RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToList();
        Assert.Contains("provider_chain_height_blocks", shown);
        Assert.Contains("provider_inventory_available_total", shown);
        Assert.Empty(shown.Except(MetricsPageTests.Page().Keys));
    }

    [Fact]
    public void Metrics_EveryRoomWithAMeter_IsRead()
    {
        var meters = typeof(PrometheusExporter).Assembly.GetReferencedAssemblies()
            .Where(name => name.Name!.StartsWith("ProviderAgent.", StringComparison.Ordinal))
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .Select(type => type.GetField("MeterName")?.GetRawConstantValue() as string)
            .OfType<string>();

        Assert.Equal(meters.Distinct().Order(), PrometheusExporter.Rooms.Select(room => $"ProviderAgent.{room}"));
    }

    [Fact]
    public async Task Metrics_TwoScrapesAtOnce_AreBothWhole()
    {
        await using var host = await OperatorHost.StartAsync();

        var texts = await Task.WhenAll(host.Http.GetStringAsync("/metrics"), host.Http.GetStringAsync("/metrics"));

        Assert.All(texts, text => Assert.Single(Regex.Matches(text, "^# TYPE provider_metrics_dropped_series gauge$", RegexOptions.Multiline)));
        Assert.All(texts, text => Assert.EndsWith("provider_metrics_dropped_series 0\n", text, StringComparison.Ordinal));
    }

    private static async Task<string> ScrapeAsync(OperatorHost host)
    {
        // What runs without a chain and an engine, and measures something.
        await host.StartServiceAsync("ChainGauges");
        await host.StartServiceAsync("HostMonitor");
        using (await host.Http.GetAsync("/api/v1/status"))
        {
        }

        using var answer = await host.Http.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        return await answer.Content.ReadAsStringAsync();
    }
}
