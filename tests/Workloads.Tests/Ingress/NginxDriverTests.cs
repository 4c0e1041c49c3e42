using System.Globalization;
using System.Text;

namespace ProviderAgent.Workloads.Tests.Ingress;

/// <summary>Routes on a real nginx, and what puts it right when something happens to it.</summary>
public sealed class NginxDriverTests : IAsyncLifetime
{
    private readonly NginxRig _rig = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [NeedsFact(NginxRig.Program)]
    public async Task Apply_Route_LeadsItsHostNameAndNoOther()
    {
        await _rig.ServeAsync(_rig.Route("a.example.com", null, _rig.AddReplica(11)), _rig.Route("b.example.com", null, _rig.AddReplica(12)));

        Assert.EndsWith("replica 11", await _rig.GetAsync("a.example.com"), StringComparison.Ordinal);
        Assert.EndsWith("replica 12", await _rig.GetAsync("B.Example.com:8080"), StringComparison.Ordinal);
        var unknown = await _rig.GetAsync("c.example.com");
        Assert.StartsWith("HTTP/1.1 404 ", unknown, StringComparison.Ordinal);
        Assert.Contains("Server: nginx\r\n", unknown, StringComparison.Ordinal);
    }

    [NeedsFact(NginxRig.Program)]
    public async Task Apply_ClientsHeaders_AreReplacedByWhatIsTrue()
    {
        var replica = _rig.AddReplica(11);
        await _rig.ServeAsync(_rig.Route("a.example.com", null, replica));

        await _rig.GetAsync("a.example.com", "X-Forwarded-For: 10.0.0.1\r\nX-Real-IP: 10.0.0.1\r\nX-Forwarded-Proto: https\r\nX_Forwarded_For: 10.0.0.1\r\nForwarded: for=10.0.0.1\r\nProxy: http://evil\r\nX-Original-URL: /admin\r\n");

        var head = Assert.Single(replica.Heads).Split("\r\n");
        Assert.Contains("Host: a.example.com", head);
        Assert.Contains("X-Forwarded-For: 127.0.0.1", head);
        Assert.Contains("X-Real-IP: 127.0.0.1", head);
        Assert.Contains("X-Forwarded-Proto: http", head);
        Assert.DoesNotContain(head, line => line.Contains("10.0.0.1", StringComparison.Ordinal) || line.Contains("evil", StringComparison.Ordinal) || line.Contains("/admin", StringComparison.Ordinal));
    }

    [NeedsFact(NginxRig.Program)]
    public async Task Apply_NoReplicaRuns_AnswersWithAPageOf503()
    {
        var gone = _rig.AddReplica(13);
        gone.Dispose();
        await _rig.ServeAsync(_rig.Route("none.example.com"), _rig.Route("gone.example.com", null, gone));

        foreach (var host in new[] { "none.example.com", "gone.example.com" })
        {
            var answer = await _rig.GetAsync(host);
            Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
            Assert.Contains("not running", answer, StringComparison.Ordinal);
            Assert.Contains("Retry-After: 5", answer, StringComparison.Ordinal);
        }
    }

    [NeedsFact(NginxRig.Program)]
    public async Task Apply_ChangeOfRoutes_LeavesAWebSocketOpen()
    {
        var replica = _rig.AddReplica(11);
        await _rig.ServeAsync(_rig.Route("a.example.com", null, replica));
        var socket = await _rig.OpenWebSocketAsync("a.example.com");
        Assert.Equal("before", await NginxRig.EchoAsync(socket, "before"));

        await _rig.ServeAsync(_rig.Route("a.example.com", null, replica), _rig.Route("b.example.com", null, _rig.AddReplica(12)));
        await _rig.ServeAsync(_rig.Route("b.example.com"));

        Assert.Equal("after", await NginxRig.EchoAsync(socket, "after"));
        Assert.StartsWith("HTTP/1.1 404 ", await _rig.GetAsync("a.example.com"), StringComparison.Ordinal);
    }

    [NeedsFact(NginxRig.Program)]
    public async Task Apply_DaemonRestarted_FindsTheSameNginxAndTouchesNothing()
    {
        var route = _rig.Route("a.example.com", null, _rig.AddReplica(11));
        await _rig.ServeAsync(route);
        var master = _rig.Processes.FindMaster();
        var written = File.GetLastWriteTimeUtc(_rig.Paths.Config);

        _rig.RestartDaemon();
        await _rig.ServeAsync(route);

        Assert.Equal(master, _rig.Processes.FindMaster());
        Assert.Equal(written, File.GetLastWriteTimeUtc(_rig.Paths.Config));
        Assert.Equal(0, _rig.Meters.Sum("provider_ingress_reloads_total") + _rig.Meters.Sum("provider_ingress_starts_total"));
    }

    [NeedsFact(NginxRig.Program)]
    public async Task Apply_NginxKilled_IsStartedAgainAndOpenWebSocketsGoOn()
    {
        var route = _rig.Route("a.example.com", null, _rig.AddReplica(11));
        await _rig.ServeAsync(route);
        var socket = await _rig.OpenWebSocketAsync("a.example.com");
        var master = _rig.Processes.FindMaster();
        await _rig.KillMasterAsync();

        _rig.RestartDaemon();
        await KeepUntilServingAsync(route);

        Assert.NotNull(_rig.Processes.FindMaster());
        Assert.NotEqual(master, _rig.Processes.FindMaster());
        Assert.Equal(1, _rig.Meters.Sum("provider_ingress_starts_total"));
        Assert.EndsWith("replica 11", await _rig.GetAsync("a.example.com"), StringComparison.Ordinal);
        Assert.Equal("still here", await NginxRig.EchoAsync(socket, "still here"));
    }

    [NeedsTheory(NginxRig.Program)]
    [InlineData("nginx.conf", false)]
    [InlineData("nginx.conf", true)]
    [InlineData("nginx.pid", true)]
    [InlineData("nginx.pid", false)]
    [InlineData("control-0.sock", true)]
    public async Task Apply_FileDamagedOrLost_IsPutRight(string file, bool isLost)
    {
        var route = _rig.Route("a.example.com", null, _rig.AddReplica(11));
        await _rig.ServeAsync(route);
        var text = await File.ReadAllTextAsync(_rig.Paths.Config);
        var path = Path.Combine(_rig.Paths.Folder, file);
        if (isLost) File.Delete(path);
        else await File.WriteAllTextAsync(path, "garbage {{{");

        await KeepUntilServingAsync(route);
        await KeepUntilServingAsync(route, _rig.Route("b.example.com"));

        Assert.EndsWith("replica 11", await _rig.GetAsync("a.example.com"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 503 ", await _rig.GetAsync("b.example.com"), StringComparison.Ordinal);
        Assert.Equal(file == "nginx.conf" ? 1 : 0, _rig.Log.Count("IngressRepaired"));
        Assert.True(text.Split('\n').Length < (await File.ReadAllTextAsync(_rig.Paths.Config)).Split('\n').Length);
    }

    [NeedsFact(NginxRig.Program)]
    public async Task Apply_ASecondStartTookTheSocketAndEnded_IsPutRight()
    {
        // As when a daemon is killed in the middle of a start, and the next one comes before that is through.
        var route = _rig.Route("a.example.com", null, _rig.AddReplica(11));
        await _rig.ServeAsync(route);
        var master = _rig.Processes.FindMaster();
        File.Delete(_rig.Paths.Control(0));
        Assert.Contains("Address already in use", await _rig.Processes.StartAsync(NginxRig.Program, default), StringComparison.Ordinal);
        Assert.True(File.Exists(_rig.Paths.Control(0)));

        await KeepUntilServingAsync(route, _rig.Route("b.example.com"));

        Assert.EndsWith("replica 11", await _rig.GetAsync("a.example.com"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 503 ", await _rig.GetAsync("b.example.com"), StringComparison.Ordinal);
        Assert.Equal(master, _rig.Processes.FindMaster());
    }

    [NeedsFact(NginxRig.Program)]
    public async Task Apply_ConfigurationThatNginxRefuses_NeverReplacesTheGoodOne()
    {
        var good = _rig.Route("a.example.com", null, _rig.AddReplica(11));
        await _rig.ServeAsync(good);
        var before = await File.ReadAllTextAsync(_rig.Paths.Config);

        // A certificate that fits to no key passes for good until nginx itself looks at it.
        var broken = new ServingCertificate("no certificate", "no key", ["a.example.com"], DateTimeOffset.MaxValue, "files", "0badc0de");
        var report = await _rig.Driver.ApplyAsync(new([good], new Dictionary<string, ServingCertificate> { ["a.example.com"] = broken }), CancellationToken.None);

        Assert.False(report.IsServing);
        Assert.Contains("nginx refuses the new routes", report.Problem, StringComparison.Ordinal);
        Assert.Equal(1, _rig.Meters.Sum("provider_ingress_refusals_total"));
        Assert.Equal(before, await File.ReadAllTextAsync(_rig.Paths.Config));
        Assert.EndsWith("replica 11", await _rig.GetAsync("a.example.com"), StringComparison.Ordinal);
    }

    [NeedsFact(NginxRig.Program)]
    public async Task Apply_500HostNames_AllAreServed()
    {
        var replica = _rig.AddReplica(11);
        var routes = Enumerable.Range(0, 500).Select(i => _rig.Route(string.Create(CultureInfo.InvariantCulture, $"{i:000}-{new string('x', 50)}.{new string('y', 60)}.{new string('z', 60)}.example.com"), null, replica)).ToArray();

        await _rig.ServeAsync(routes);

        foreach (var route in new[] { routes[0], routes[250], routes[499] }) Assert.EndsWith("replica 11", await _rig.GetAsync(route.Hosts[0]), StringComparison.Ordinal);
    }

    [NeedsFact(NginxRig.Program)]
    public async Task Apply_BodyLargerThanLeased_Is413()
    {
        await _rig.ServeAsync(_rig.Route("a.example.com", new() { MaxBodySize = 1_000 }, _rig.AddReplica(11)));

        Assert.StartsWith("HTTP/1.1 413 ", await _rig.AskRawAsync($"POST / HTTP/1.1\r\nHost: a.example.com\r\nConnection: close\r\nContent-Length: 1001\r\n\r\n{new string('x', 1_001)}"), StringComparison.Ordinal);
        Assert.Contains(" 413 ", await _rig.AskRawAsync($"POST / HTTP/1.1\r\nHost: a.example.com\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5dc\r\n{new string('x', 1_500)}\r\n0\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await _rig.AskRawAsync($"POST / HTTP/1.1\r\nHost: a.example.com\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n{new string('x', 1_000)}"), StringComparison.Ordinal);
    }

    [NeedsTheory(NginxRig.Program)]
    [InlineData("500", 2u, 200)]
    [InlineData("503", 2u, 500)] // another status than the one that fails
    [InlineData("off", 2u, 500)]
    [InlineData("500", 1u, 500)] // one try in all
    public async Task Apply_NextCases_TryAnotherReplicaOnlyWhenLeasedSo(string nextCase, uint tries, int expected)
    {
        var failing = _rig.AddReplica(11, _ => WebReplica.Status(500));
        var working = _rig.AddReplica(12);
        await _rig.ServeAsync(_rig.Route("a.example.com", new() { NextCases = [nextCase], NextTries = tries }, failing, working));

        var answers = new List<string>();
        // The replicas take turns: whoever is asked first, one of these begins at the failing one.
        while (failing.Heads.IsEmpty) answers.Add(await _rig.GetAsync("a.example.com"));

        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {expected} "), answers[^1], StringComparison.Ordinal);
    }

    [NeedsFact(NginxRig.Program)]
    public async Task Apply_ReplicaThatStopsListening_IsPassedOver()
    {
        var gone = _rig.AddReplica(11);
        gone.Dispose();
        await _rig.ServeAsync(_rig.Route("a.example.com", new() { NextCases = ["error", "timeout"], NextTries = 2 }, gone, _rig.AddReplica(12)));

        for (var i = 0; i < 6; i++) Assert.EndsWith("replica 12", await _rig.GetAsync("a.example.com"), StringComparison.Ordinal);
    }

    [NeedsFact(NginxRig.Program)]
    public async Task Apply_ClientsThatSendNoEndOfTheirHeaders_HoldNobodyUp()
    {
        await _rig.ServeAsync(_rig.Route("a.example.com", null, _rig.AddReplica(11)));
        var slow = new List<System.Net.Sockets.TcpClient>();
        for (var i = 0; i < 100; i++)
        {
            var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(System.Net.IPAddress.Loopback, _rig.HttpPort);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a.example.com\r\nX-Slow: "));
            slow.Add(client);
        }

        Assert.EndsWith("replica 11", await _rig.GetAsync("a.example.com"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400 ", await _rig.GetAsync("a.example.com", $"X-Long: {new string('x', 70_000)}\r\n"), StringComparison.Ordinal);
        foreach (var client in slow) client.Dispose();
    }

    [NeedsFact(NginxRig.Program)]
    public async Task Apply_UnitRunsNginx_OnlyWritesTheFileAndSeesWhetherItWasTaken()
    {
        var unit = new NginxPaths(Directory.CreateDirectory(_rig.Folder.File("unit")).FullName);
        _rig.Options.CurrentValue.Nginx.UnitDirectory = unit.Folder;
        var processes = new NginxProcesses(unit, TimeProvider.System);
        var route = _rig.Route("a.example.com", null, _rig.AddReplica(11));

        // In the place of the service manager: starts nginx when the file is there, has it read again when it changes.
        var first = _rig.ApplyAsync(route);
        await Eventually.BecomesTrueAsync("the configuration", () => File.Exists(unit.Config));
        Assert.Null(processes.FindMaster());
        Assert.Null(await processes.StartAsync(NginxRig.Program, default));
        Assert.True((await first).IsServing);
        var master = processes.FindMaster() ?? throw new InvalidOperationException("no master");
        try
        {
            var before = await File.ReadAllTextAsync(unit.Config);
            var second = _rig.ApplyAsync(route, _rig.Route("b.example.com"));
            await Eventually.BecomesTrueAsync("the new configuration", () => File.ReadAllText(unit.Config) != before);
            NginxProcesses.Reload(master);
            Assert.True((await second).IsServing);
            Assert.EndsWith("replica 11", await _rig.GetAsync("a.example.com"), StringComparison.Ordinal);
            Assert.Equal(0, _rig.Meters.Sum("provider_ingress_starts_total"));
        }
        finally
        {
            NginxProcesses.Leave(master);
            await Eventually.BecomesTrueAsync("nginx to end", () => processes.FindMaster() is null);
        }
    }

    [NeedsFact(NginxRig.Program)]
    public async Task None_AfterNginx_EndsIt()
    {
        await _rig.ServeAsync(_rig.Route("a.example.com", null, _rig.AddReplica(11)));

        await new NoIngress(new(_rig.Folder.Path), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<NoIngress>.Instance).ApplyAsync(new([], new Dictionary<string, ServingCertificate>()), CancellationToken.None);

        await Eventually.BecomesTrueAsync("nginx to end", () => _rig.Processes.FindMaster() is null);
    }

    /// <summary>As the keeper does, time and again.</summary>
    private Task KeepUntilServingAsync(params IngressRoute[] routes) => Eventually.BecomesTrueAsync("the routes to be served", async () => (await _rig.ApplyAsync(routes)).IsServing);
}
