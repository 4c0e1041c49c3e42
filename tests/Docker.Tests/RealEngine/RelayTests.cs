using System.Security.Cryptography.X509Certificates;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.RealEngine;

/// <summary>The engine over TCP, over TLS, and dying in the middle of everything.</summary>
public sealed class RelayTests(RealEngine engine) : IClassFixture<RealEngine>
{
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Tls_BothCertificates_CarryCallsAndTerminals()
    {
        using var authority = new TestAuthority("authority");
        using var server = authority.Issue("engine.test");
        await using var relay = EngineRelay.WithTls(server, authority.Certificate);
        using var configuration = Tls(relay, authority, authority);
        using var client = configuration.CreateClient();
        var container = await engine.StartAsync("sleep 60");

        Assert.NotEmpty((await client.System.GetSystemInfoAsync(default)).ID);
        var exec = await client.Exec.ExecCreateContainerAsync(
            container,
            new ContainerExecCreateParameters { Cmd = ["sh", "-c", "cat; echo end >&2"], AttachStdin = true, AttachStdout = true, AttachStderr = true },
            default);
        await using var stream = await client.Exec.StartAndAttachContainerExecAsync(exec.ID, tty: false, default);
        var output = stream.ReadOutputToEndAsync(default);
        await stream.CopyFromAsync(new MemoryStream(new byte[100_000]), default);
        await stream.CloseWriteAsync(default); // over TLS this is a closing alert

        Assert.Equal((new string('\0', 100_000), "end\n"), await output);
        await engine.RemoveAsync(container);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Tls_FilesOfPem_AreRead()
    {
        using var folder = new TempFolder();
        using var authority = new TestAuthority("authority");
        using var server = authority.Issue("engine.test");
        using var own = authority.Issue("client");
        await File.WriteAllTextAsync(folder.File("ca.pem"), authority.Certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(folder.File("cert.pem"), own.ExportCertificatePem());
        await File.WriteAllTextAsync(folder.File("key.pem"), own.GetECDsaPrivateKey()?.ExportPkcs8PrivateKeyPem());
        await using var relay = EngineRelay.WithTls(server, authority.Certificate);
        using var configuration = new DockerClientConfiguration(
            new Uri($"tcp://127.0.0.1:{relay.Port}"),
            CertificateCredentials.FromPemFiles(folder.File("ca.pem"), folder.File("cert.pem"), folder.File("key.pem")),
            FakeEngine.Patient);
        using var client = configuration.CreateClient();

        await client.System.PingAsync(default);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Tls_EngineOfAnotherAuthority_IsNotTrusted()
    {
        using var authority = new TestAuthority("authority");
        using var other = new TestAuthority("other");
        using var server = authority.Issue("engine.test");
        await using var relay = EngineRelay.WithTls(server, authority.Certificate);
        using var configuration = Tls(relay, trusted: other, signer: authority);
        using var client = configuration.CreateClient();

        var e = await Assert.ThrowsAsync<EngineUnavailableException>(() => client.System.PingAsync(default));

        Assert.Equal(EngineUnavailableReason.TlsRejected, e.Reason);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Tls_NameNotInTheCertificate_IsNotTrusted()
    {
        using var authority = new TestAuthority("authority");
        using var server = authority.Issue("engine.test");
        await using var relay = EngineRelay.WithTls(server, authority.Certificate);
        using var configuration = new DockerClientConfiguration(
            new Uri($"tcp://localhost:{relay.Port}"),
            new CertificateCredentials(authority.Issue("client"), [X509CertificateLoader.LoadCertificate(authority.Certificate.RawData)]),
            FakeEngine.Patient);
        using var client = configuration.CreateClient();

        var e = await Assert.ThrowsAsync<EngineUnavailableException>(() => client.System.PingAsync(default));

        Assert.Equal(EngineUnavailableReason.TlsRejected, e.Reason);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Tls_ClientOfAnotherAuthority_IsTurnedAway()
    {
        using var authority = new TestAuthority("authority");
        using var other = new TestAuthority("other");
        using var server = authority.Issue("engine.test");
        await using var relay = EngineRelay.WithTls(server, authority.Certificate);
        using var configuration = Tls(relay, trusted: authority, signer: other);
        using var client = configuration.CreateClient();

        // With TLS 1.3 the client's handshake is over before the engine looks at its certificate: either of two reasons shows.
        var e = await Assert.ThrowsAsync<EngineUnavailableException>(() => client.System.PingAsync(default));

        Assert.Contains(e.Reason, new[] { EngineUnavailableReason.TlsRejected, EngineUnavailableReason.ConnectionLost });
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Cut_WithStreamsOpen_EndsEachWithUnavailable()
    {
        await using var relay = EngineRelay.Plain();
        using var configuration = new DockerClientConfiguration(new Uri($"tcp://127.0.0.1:{relay.Port}"), null, FakeEngine.Patient);
        using var client = configuration.CreateClient();
        var container = await engine.StartAsync("echo up; sleep 60");
        var registered = new TaskCompletionSource();
        var watching = new TaskCompletionSource();

        var wait = client.Containers.WaitContainerAsync(container, new ContainerWaitParameters { Registered = registered.SetResult }, default);
        var events = client.System.MonitorEventsAsync(new ContainerEventsParameters(), new DirectProgress<Message>(_ => watching.TrySetResult()), default);
        await using var logs = await ContainerLogReader.OpenAsync(
            client.Containers, container, tty: false, new ContainerLogsParameters { ShowStdout = true, Follow = true }, default, default);
        await using var lines = logs.ReadLinesAsync(default).GetAsyncEnumerator();
        Assert.True(await lines.MoveNextAsync());
        await registered.Task;
        await Eventually.BecomesTrueAsync("an event of ours to arrive", async () =>
        {
            await engine.RemoveAsync(await engine.CreateAsync("true"));
            return watching.Task.IsCompleted;
        });
        relay.CutAll();

        foreach (var call in new[] { wait, events, lines.MoveNextAsync().AsTask() })
        {
            var e = await Assert.ThrowsAsync<EngineUnavailableException>(() => call);
            Assert.Equal(EngineUnavailableReason.ConnectionLost, e.Reason);
        }

        // The engine "comes back": the same client goes on, and so does the log, where it was.
        Assert.True((await client.Containers.InspectContainerAsync(container, default)).State.Running);
        await using var resumed = await ContainerLogReader.OpenAsync(
            client.Containers, container, tty: false, new ContainerLogsParameters { ShowStdout = true }, logs.Cursor, default);
        Assert.Empty(resumed.ReadLinesAsync(default).ToBlockingEnumerable());
        await engine.RemoveAsync(container);
    }

    private static DockerClientConfiguration Tls(EngineRelay relay, TestAuthority trusted, TestAuthority signer) => new(
        new Uri($"tcp://127.0.0.1:{relay.Port}"),
        new CertificateCredentials(signer.Issue("client"), [X509CertificateLoader.LoadCertificate(trusted.Certificate.RawData)]),
        FakeEngine.Patient);
}
