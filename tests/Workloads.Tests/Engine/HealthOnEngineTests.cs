using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Manifests;
using ProviderAgent.Workloads.Tests.Images;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Engine;

/// <summary>An image that brings a health check along, on the real engine. It asks for a thousand runs a second.</summary>
public sealed class HealthOnEngineTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    private readonly WorkloadHost _host = new() { Guard = new OpenGuard(), HealthChecks = new(Interval) };
    private readonly EngineLine _line = new();
    private readonly RunningTimeProvider _time = new();
    private string _image = "";

    public async Task InitializeAsync()
    {
        _host.Configure = options => (options.StableAfter, options.Network.Subnets) = (TimeSpan.FromSeconds(1), "10.223.0.0/16");
        _image = await LocalImage.PushAsync("test/checked", config => config["Healthcheck"] = new JsonObject
        {
            ["Test"] = new JsonArray("CMD-SHELL", "[ -e /tmp/ok ] && echo fine && exit 0; printf 'broken\\033[31m\\n'; exit 1"),
            ["Interval"] = 1_000_000,
            ["Timeout"] = 1_000_000_000,
            ["Retries"] = 2,
        });
    }

    public async Task DisposeAsync()
    {
        _line.Proxy.Release();
        await _host.DisposeAsync();
        await _line.DisposeAsync();
        await _time.DisposeAsync();
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task HealthCheck_IsHeldToBounds_ShownWithItsWords_AndRestartsNothing()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Service("first", "touch /tmp/ok") with { Count = 2 });
        await _host.WaitForAsync(lease, "both pass", view => view.Lease.Stage == LeaseStage.Active && view.Ready("web") == 2);
        var first = await _host.InspectAsync(lease, "web");
        Assert.Equal((Interval, TimeSpan.FromSeconds(1), 2L), (first.Config.Healthcheck!.Interval, first.Config.Healthcheck.Timeout, first.Config.Healthcheck.Retries));

        var heard = new ConcurrentQueue<string>();
        using var stop = new CancellationTokenSource();
        var listening = ListenAsync(first.ID, heard, stop.Token);
        await _host.ExecAsync(lease, "web", "rm", "/tmp/ok");
        var view = await _host.WaitForAsync(lease, "one does not pass", view => view.Ready("web") == 1);

        var sick = view.Actual.Containers.Single(container => container.Replica == 0);
        Assert.Equal(new(HealthVerdict.Unhealthy, "broken [31m"), sick.Health);
        Assert.Equal("web-0 is unhealthy by its image's own check: broken [31m", view.Problems["web"]);
        Assert.Contains("fails its image's own health check", Assert.Single(view.Notes).Text, StringComparison.Ordinal);
        await ChecksPassAsync(lease, 4);
        Assert.Equal(["health_status: unhealthy"], heard); // the same result again and again is no news
        Assert.Equal(first.State.StartedAt, (await _host.InspectAsync(lease, "web")).State.StartedAt);

        await _host.ExecAsync(lease, "web", "touch", "/tmp/ok");
        view = await _host.WaitForAsync(lease, "both pass again", view => view.Ready("web") == 2);
        Assert.False(view.Problems.ContainsKey("web"));
        Assert.Equal(2, view.Notes.Count);
        await ChecksPassAsync(lease, 4);
        Assert.Equal(["health_status: unhealthy", "health_status: healthy"], heard);
        await stop.CancelAsync();
        await listening;
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Update_ThatDoesNotPass_IsNotGood_UntilItDoes()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Service("first", "touch /tmp/ok"));
        var good = (await _host.WaitForAsync(lease, "the first is good", view => view.Lease.GoodManifest is not null)).Lease.GoodManifest;

        await _host.SendManifestAsync(lease, Service("second", "true"));
        var view = await _host.WaitForAsync(lease, "the second does not pass", view => view.Actual.Containers is [{ Health.Status: HealthVerdict.Unhealthy }] && view.Lease.Stage == LeaseStage.Active);
        await ChecksPassAsync(lease, 8); // longer than it would have to stay up
        await _host.Get<Reconciler>().ReconcileOnceAsync(CancellationToken.None);
        Assert.Equal(good, _host.Leases[lease].Lease.GoodManifest);

        await _host.ExecAsync(lease, "web", "touch", "/tmp/ok");
        view = await _host.WaitForAsync(lease, "it is good after all", view => view.Lease.GoodManifest == view.Lease.Manifest);
        Assert.NotEqual(good, view.Lease.GoodManifest);
    }

    [Trait(FaultRow.Trait, FaultRow.EventsLost)]
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task HealthChanges_WhileALookIsUnderWay_WhatItHadReadBeforeIsNotGoneByAfterwards()
    {
        (_host.Time, _host.EngineEndpoint) = (_time, _line.Endpoint);
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Service("first", "true"), Service("other", "touch /tmp/ok") with { Name = "db" });
        await _host.WaitForAsync(lease, "one passes", view => view.Lease.Stage == LeaseStage.Active && (view.Ready("web"), view.Ready("db")) == (0, 1));
        var (web, db) = ((await _host.InspectAsync(lease, "web")).ID, (await _host.InspectAsync(lease, "db")).ID);

        // The look waits for the second container's answer, with that about the first in its hands.
        _time.Speed = 0;
        var caught = _line.Proxy.HoldEveryRequest($"/containers/{db}/json");
        foreach (var container in new[] { web, db }) _host.Get<EngineReader>().Forget(container);
        _host.Get<Reconciler>().Wake(LookCause.Event);
        await caught.WaitAsync(TimeSpan.FromMinutes(2));
        await ChecksPassAsync(lease, 2);
        await _host.ExecAsync(lease, "web", "touch", "/tmp/ok");
        await Eventually.BecomesTrueAsync("it passes", async () => (await _host.InspectAsync(lease, "web")).State.Health!.Status == "healthy");
        await ChecksPassAsync(lease, 2); // and the event about it has come
        _time.Jump(TimeSpan.FromSeconds(4)); // the deadline of one answer
        _line.Proxy.Release();
        _time.Speed = 1;

        await _host.WaitForAsync(lease, "it is seen", view => view.Ready("web") == 1);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task HealthChecksOff_RunNone()
    {
        var configure = _host.Configure;
        _host.Configure = options =>
        {
            configure(options);
            options.ImageHealthChecks = false;
        };
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Service("first", "true"));

        await _host.WaitUntilActiveAsync(lease);

        var container = await _host.InspectAsync(lease, "web");
        Assert.Equal(["NONE"], container.Config.Healthcheck!.Test);
        Assert.Null(ContainerHealth.Read(container.State.Health));
        Assert.Equal(1, _host.Leases[lease].Ready("web"));
    }

    /// <summary>Listens to what wakes the daemon.</summary>
    private async Task ListenAsync(string container, ConcurrentQueue<string> heard, CancellationToken ct)
    {
        using var engine = new DockerClientConfiguration(DockerClientConfiguration.LocalEndpoint).CreateClient();
        var parameters = new ContainerEventsParameters
        {
            Filters = new Dictionary<string, IDictionary<string, bool>>
            {
                ["container"] = new Dictionary<string, bool> { [container] = true },
                ["event"] = EngineEventWatcher.Telling.ToDictionary(name => name, _ => true),
            },
        };
        try
        {
            await engine.System.MonitorEventsAsync(parameters, new Progress(heard), ct);
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Waits until so many more checks of the first replica have run.</summary>
    private async Task ChecksPassAsync(Marketplace.LeaseId lease, int count)
    {
        for (var check = 0; check < count; check++)
        {
            var before = (await _host.InspectAsync(lease, "web")).State.Health!.Log![^1].Start;
            await Eventually.BecomesTrueAsync("another check", async () => (await _host.InspectAsync(lease, "web")).State.Health!.Log![^1].Start != before);
        }
    }

    private ManifestService Service(string word, string first) => Build.Service() with { Image = _image, Env = [$"WORD={word}"], Args = ["sh", "-c", $"{first}; exec sleep 100000"] };

    private sealed class Progress(ConcurrentQueue<string> heard) : IProgress<Message>
    {
        public void Report(Message value) => heard.Enqueue(value.Action);
    }
}
