using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.Transport;

public sealed class TelemetryTests : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly RecordingLogger _logs = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, double Value, string Tags)> _measurements = new();

    public TelemetryTests()
    {
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Calls_AreMeasuredByNameAndOutcome()
    {
        await using var engine = new FakeEngine(async exchange =>
        {
            if (exchange.Path.EndsWith("/start", StringComparison.Ordinal)) await exchange.RespondAsync(409, "{}");
            else if (exchange.Path.EndsWith("/info", StringComparison.Ordinal)) await exchange.RespondAsync(200, "garbage");
            else if (exchange.Path.EndsWith("/version", StringComparison.Ordinal)) exchange.Close();
            else await exchange.RespondAsync(200, "[]");
        });
        using var client = Client(engine.Endpoint);

        await client.Containers.ListContainersAsync(new ContainersListParameters(), default);
        await Assert.ThrowsAsync<DockerApiException>(() => client.Containers.StartContainerAsync("secret-tenant", new ContainerStartParameters(), default));
        await Assert.ThrowsAsync<EngineProtocolException>(() => client.System.GetSystemInfoAsync(default));
        await Assert.ThrowsAsync<EngineUnavailableException>(() => client.System.GetVersionAsync(default));

        Assert.Equal(
            [
                "operation=ping,outcome=ok", "operation=container_list,outcome=ok", "operation=container_start,outcome=refused",
                "operation=info,outcome=protocol", "operation=version,outcome=unavailable",
            ],
            _measurements.Where(measurement => measurement.Name == "provider_engine_call_duration_seconds").Select(measurement => measurement.Tags));
    }

    [Fact]
    public async Task Streams_AreCountedWhileOpen()
    {
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.BeginChunksAsync();
            await exchange.HangAsync();
        });
        using var client = Client(engine.Endpoint);

        var logs = await client.Containers.GetContainerLogsAsync("c1", tty: false, new ContainerLogsParameters { ShowStdout = true }, default);
        Assert.Equal(1, OpenStreams());
        await logs.DisposeAsync();
        logs.Dispose();

        Assert.Equal(0, OpenStreams());
    }

    [Fact]
    public async Task Engine_ComesAndGoes_IsLoggedOncePerChange()
    {
        using var folder = new TempFolder();
        var engine = FakeEngine.Answering(200, "[]");
        var link = folder.File("engine.sock");
        File.CreateSymbolicLink(link, engine.SocketPath);
        using var client = Client(new Uri($"unix://{link}"));

        await client.System.PingAsync(default);
        await client.System.PingAsync(default);
        await engine.DisposeAsync();
        for (var i = 0; i < 3; i++) await Assert.ThrowsAsync<EngineUnavailableException>(() => client.System.PingAsync(default));
        await using var upgraded = FakeEngine.Answering(200, "[]");
        upgraded.ApiVersion = "1.43";
        File.Delete(link);
        File.CreateSymbolicLink(link, upgraded.SocketPath);
        await client.System.PingAsync(default);

        Assert.Equal([4500, 4501, 4503, 4500], _logs.Entries.Where(entry => entry.Level > LogLevel.Debug).Select(entry => entry.Id));
    }

    private DockerClient Client(Uri endpoint) => new DockerClientConfiguration(endpoint)
    {
        MeterFactory = _services.GetRequiredService<IMeterFactory>(),
        LoggerFactory = _logs,
    }.CreateClient();

    private double OpenStreams() => _measurements.Where(measurement => measurement.Name == "provider_engine_streams").Sum(measurement => measurement.Value);

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new List<string>();
        foreach (var tag in tags) text.Add($"{tag.Key}={tag.Value}");
        _measurements.Enqueue((instrument.Name, value, string.Join(',', text)));
    }

    private sealed class RecordingLogger : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, int Id)> Entries { get; } = new();

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entries.Enqueue((logLevel, eventId.Id));

        public void Dispose()
        {
        }
    }
}
