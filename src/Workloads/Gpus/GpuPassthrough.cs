using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Knows whether this engine can give GPUs to containers, because it was tried. As long as it is not known to, no order with GPUs is bid on.</summary>
internal sealed partial class GpuPassthrough(IDockerClient engine, IMarketplace market, TimeProvider time, ILogger<GpuPassthrough> log)
{
    private const string NotAsked = "the container engine has not been asked yet whether it can give GPUs to containers";

    // The program that the probe's image does not have. Getting as far as looking for it means that the GPU was handed over.
    private const string ProbeProgram = "/provider-agent-gpu-probe";
    private const long ProbeMemory = 64 * ByteSize.MiB;

    /// <summary>Tenants whose containers must have shown the same before it is believed.</summary>
    private const int WitnessesNeeded = 2;

    private static readonly TimeSpan WitnessLasts = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<AccountAddress, long> _witnesses = new();
    private string? _problem = NotAsked;
    private volatile GpuRoute _route = GpuRoute.Driver;

    /// <summary>Why GPUs cannot be given to containers; null when they can. Reading takes no lock.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>How containers get their GPUs.</summary>
    public GpuRoute Route => _route;

    /// <summary>Tries to give a device to a container that cannot run.</summary>
    /// <param name="uuid">A device of this host; that a tenant has it does no harm.</param>
    /// <param name="ct">Ends the trial.</param>
    /// <exception cref="EngineUnavailableException">The engine went away; what was known stays.</exception>
    public async Task CheckAsync(string uuid, CancellationToken ct)
    {
        var info = await engine.System.GetSystemInfoAsync(ct);
        _route = CdiCatalog.Offers(info, uuid) ? GpuRoute.Cdi : GpuRoute.Driver;
        Report(await TryAsync(uuid, ct));
    }

    /// <summary>Notes what was seen elsewhere, for example at the start of a tenant's container.</summary>
    public void Report(string? problem)
    {
        var before = Interlocked.Exchange(ref _problem, problem);
        if (before == problem) return;
        if (problem is null) Log.Works(log, Route);
        else Log.DoesNot(log, problem);
    }

    /// <summary>
    /// A tenant's container showed other GPUs than it was given. What runs in it is the tenant's, down to the libraries of the program that was asked, so one tenant
    /// alone is not believed: it could stop all selling at will. Its own container is not run in any case.
    /// </summary>
    public void Witness(AccountAddress tenant, string problem)
    {
        _witnesses[tenant] = time.GetTimestamp();
        foreach (var (other, at) in _witnesses)
        {
            if (time.GetElapsedTime(at) > WitnessLasts) _witnesses.TryRemove(other, out _);
        }

        if (_witnesses.Count >= WitnessesNeeded) Report(problem);
        else Log.Doubted(log, tenant, problem);
    }

    /// <summary>The engine's words in ours; null when they say nothing against GPUs.</summary>
    internal static string? Explain(string engineMessage)
    {
        if (IsDriverMissing(engineMessage))
            return "the container engine has no driver for GPUs: install the package nvidia-container-toolkit and restart the engine ('systemctl restart docker')";
        if (engineMessage.Contains(ProbeProgram, StringComparison.Ordinal)) return null;
        return $"the container engine cannot give a GPU to a container: {Line(engineMessage)}";
    }

    /// <summary>The engine does not know how to give out GPUs at all; nothing of a tenant can cause this.</summary>
    internal static bool IsDriverMissing(string engineMessage) => engineMessage.Contains("could not select device driver", StringComparison.OrdinalIgnoreCase);

    private async Task<string?> TryAsync(string uuid, CancellationToken ct)
    {
        // Always the same name: a trial that was cut off is cleared away by the next.
        var name = $"pa-gpu-probe-{WorkloadNames.ShortHash(market.Account)}";
        try
        {
            await GpuProbeImage.EnsureAsync(engine, ct);
            await engine.Containers.RemoveContainerAsync(name, new() { Force = true, RemoveVolumes = true }, ct);
            var created = await engine.Containers.CreateContainerAsync(Parameters(name, uuid), ct);
            await engine.Containers.StartContainerAsync(created.ID, new(), ct);
            return null;
        }
        catch (DockerApiException error)
        {
            return Explain(error.ResponseBody);
        }
        finally
        {
            try
            {
                await engine.Containers.RemoveContainerAsync(name, new() { Force = true, RemoveVolumes = true }, CancellationToken.None);
            }
            catch (EngineException error)
            {
                Log.Left(log, name, error);
            }
        }
    }

    private CreateContainerParameters Parameters(string name, string uuid) => new()
    {
        Name = name,
        Image = GpuProbeImage.Name,
        Entrypoint = [ProbeProgram],
        Env = [.. GpuRequests.Environment([uuid], Route)],
        HostConfig = new()
        {
            NetworkMode = "none",
            Memory = ProbeMemory,
            MemorySwap = ProbeMemory,
            CapDrop = ["ALL"],
            SecurityOpt = ["no-new-privileges:true"],
            DeviceRequests = GpuRequests.For([uuid], Route),
        },
    };

    private static string Line(string text)
    {
        var line = new string([.. text.Take(600).Select(letter => char.IsControl(letter) ? ' ' : letter)]);
        return line.Trim();
    }

    private static partial class Log
    {
        [LoggerMessage(4110, LogLevel.Information, "The container engine gives GPUs to containers ({Route})", EventName = "GpuPassthroughWorks")]
        public static partial void Works(ILogger logger, GpuRoute route);

        [LoggerMessage(4111, LogLevel.Error, "No order with GPUs is bid on: {Problem}", EventName = "GpuPassthroughFails")]
        public static partial void DoesNot(ILogger logger, string problem);

        [LoggerMessage(4113, LogLevel.Warning, "A container of {Tenant} says something against this engine's GPUs, and no other tenant's does; orders with GPUs are still bid on: {Problem}", EventName = "GpuWitnessDoubted")]
        public static partial void Doubted(ILogger logger, AccountAddress tenant, string problem);

        [LoggerMessage(4112, LogLevel.Warning, "The container {Name} of a trial could not be removed; the next trial does it", EventName = "GpuProbeLeft")]
        public static partial void Left(ILogger logger, string name, Exception error);
    }
}
