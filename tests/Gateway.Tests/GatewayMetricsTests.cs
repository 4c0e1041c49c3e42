using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ProviderAgent.Gateway.Tests.Uploads;

namespace ProviderAgent.Gateway.Tests;

public sealed class GatewayMetricsTests
{
    [Fact]
    public async Task Metrics_RequestsAndManifests_AreCountedWithoutNamingAnybody()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var factory = gateway.Get<IMeterFactory>();
        var seen = new ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                // Only this gateway's: tests run side by side.
                if (instrument.Meter.Scope == factory && instrument.Name.EndsWith("_total", StringComparison.Ordinal)) self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            seen.Enqueue($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))} {value}"));
        listener.Start();
        var one = TestDeployment.Case("ok-simple");
        TestDeployment.Put(gateway, one);

        await TestDeployment.SendAsync(gateway, one.Body);
        await TestDeployment.SendAsync(gateway, one.Body);
        await TestDeployment.SendAsync(gateway, "[]"u8.ToArray());
        await gateway.SendAsync("GET", "/lease/1/1/1/status", "rejected-expired");
        await gateway.SendAsync("GET", "/nowhere", token: null);

        string[] expected =
        [
            "provider_gateway_manifests_total outcome=accepted 1",
            "provider_gateway_manifests_total outcome=structure 1",
            "provider_gateway_manifests_total outcome=unchanged 1",
            "provider_gateway_requests_total route=lease_status status=400 1",
            "provider_gateway_requests_total route=none status=404 1",
            "provider_gateway_requests_total route=send_manifest status=200 1",
            "provider_gateway_requests_total route=send_manifest status=200 1",
            "provider_gateway_requests_total route=send_manifest status=422 1",
            "provider_gateway_tokens_refused_total reason=claims 1",
        ];
        // A request is counted after its answer is out.
        await Eventually.BecomesTrueAsync("all counts", () => seen.Count >= expected.Length);
        Assert.Equal(expected, seen.Order(StringComparer.Ordinal));
    }
}
