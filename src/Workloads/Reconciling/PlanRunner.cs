using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Carries out the steps of one lease's plan, in order. Every step may be repeated.</summary>
internal sealed partial class PlanRunner(
    IDockerClient engine,
    LeaseNetworks networks,
    EngineChains chains,
    ImageKeeper images,
    RestartTracker restarts,
    EngineReader reader,
    TenantDisks disks,
    GpuPassthrough gpus,
    GpuProof proof,
    HealthCheckBounds healthChecks,
    IOptionsMonitor<WorkloadOptions> options,
    ILogger<PlanRunner> log)
{
    /// <summary>Does the steps until one fails.</summary>
    /// <param name="plan">The plan; its pulls are not done here.</param>
    /// <param name="manifest">Hash of the manifest that new containers come from.</param>
    /// <param name="problems">Told why a service does not start; key is the service.</param>
    /// <param name="ct">Stops before the next step.</param>
    /// <exception cref="EngineException">The engine refused a step or went away; the next look at the engine decides what is left to do.</exception>
    /// <exception cref="HostFaultException">Something of this host stands in the way of the whole lease.</exception>
    /// <returns>Steps that something of this host stands in the way of. The others were done.</returns>
    public async Task<IReadOnlyCollection<PlanStep>> RunAsync(LeasePlan plan, ManifestHash manifest, Action<string, string?> problems, CancellationToken ct)
    {
        var blocked = new List<PlanStep>();
        foreach (var step in plan.Steps)
        {
            ct.ThrowIfCancellationRequested();
            switch (step)
            {
                case PlanStep.EnsureNetwork:
                    await networks.EnsureAsync(plan.Lease, options.CurrentValue.Network, ct);
                    break;
                case PlanStep.CreateContainer create:
                    if (!await CreateAsync(plan.Lease, manifest, create.Spec, problems, ct)) blocked.Add(step);
                    break;
                case PlanStep.StartContainer start:
                    await StartAsync(plan.Lease, start.Id, start.Service, start.Replica, start.Gpus, problems, ct);
                    break;
                case PlanStep.RestartContainer restart:
                    restarts.Excuse(restart.Id);
                    await engine.Containers.StopContainerAsync(restart.Id, new() { WaitBeforeKillSeconds = (uint)options.CurrentValue.StopGrace.TotalSeconds }, ct);
                    await StartAsync(plan.Lease, restart.Id, restart.Service, restart.Replica, restart.Gpus, problems, ct);
                    break;
                case PlanStep.RenameContainer rename:
                    if (!await RenameAsync(plan.Lease, rename, ct)) blocked.Add(step);
                    break;
                case PlanStep.UnpauseContainer unpause:
                    await engine.Containers.UnpauseContainerAsync(unpause.Id, ct);
                    reader.Forget(unpause.Id);
                    break;
                case PlanStep.RemoveContainer remove:
                    await RemoveAsync(plan.Lease, remove, ct);
                    break;
                case PlanStep.RemoveNetwork remove:
                    await engine.Networks.DeleteNetworkAsync(remove.Id, ct);
                    break;
                case PlanStep.RemoveVolume remove:
                    await disks.RemoveVolumeAsync(remove.Name, remove.Keep, ct);
                    break;
            }
        }

        return blocked;
    }

    /// <summary>Makes a container and starts it.</summary>
    /// <returns>False when something of this host is in its way.</returns>
    private async Task<bool> CreateAsync(LeaseId lease, ManifestHash manifest, ContainerSpec spec, Action<string, string?> problems, CancellationToken ct)
    {
        if (images.Find(lease, spec.Service, spec.Image) is not { } image) return true;
        CreateContainerResponse created;
        var layer = LayerPlan.Free([]);
        try
        {
            foreach (var volume in spec.Volumes) await disks.EnsureVolumeAsync(lease, volume, ct);
            var config = (await engine.Images.InspectImageAsync(image.Id, ct)).Config;
            layer = await disks.PrepareAsync(spec, config?.Volumes?.Keys ?? [], ct);
            var health = healthChecks.Apply(config?.Healthcheck, options.CurrentValue.ImageHealthChecks);
            created = await engine.Containers.CreateContainerAsync(EngineContainer.Parameters(lease, manifest, spec, image, options.CurrentValue, layer, gpus.Route, health), ct);
        }
        catch (Exception error) when (error is VolumeUnusableException or UnsupportedManifestException)
        {
            problems(spec.Service, error.Message);
            return true;
        }
        catch (DiskException error)
        {
            problems(spec.Service, error.Message);
            throw; // ours to mend: it is tried again, and nothing is held against the tenant
        }
        catch (DockerImageNotFoundException)
        {
            images.Forget(lease); // cleaned away since it was pulled
            return true;
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.Conflict)
        {
            // Mostly made by a call whose answer was lost, and then the next look finds it.
            if (!await IsNameTakenAsync(WorkloadNames.Container(lease, spec.Service, spec.Replica), lease, ct)) return true;
            problems(spec.Service, "something else on this host has the name that the container needs; the operator is told");
            return false;
        }
        finally
        {
            disks.Prepared(layer);
        }

        if (created.Warnings.Count > 0)
        {
            // The engine made it all the same, without the limit it warns of.
            await engine.Containers.RemoveContainerAsync(created.ID, new() { Force = true, RemoveVolumes = true }, ct);
            problems(spec.Service, "this host cannot enforce the lease's limits; the operator is told");
            Log.LimitDropped(log, lease, spec.Service, string.Join("; ", created.Warnings));
            return true;
        }

        await StartAsync(lease, created.ID, spec.Service, spec.Replica, spec.Gpus, problems, ct);
        return true;
    }

    private async Task StartAsync(LeaseId lease, string id, string service, int replica, ValueList<string> devices, Action<string, string?> problems, CancellationToken ct)
    {
        if (devices.Count > 0) proof.Expect(id);
        try
        {
            if (!await LayDisksAsync(lease, id, service, replica, problems, ct)) return;
            using (reader.Starting(id)) await engine.Containers.StartContainerAsync(id, new(), ct);
            restarts.Started(id);
            if (!await IsHeldToDiskAsync(lease, id, service, replica, problems, ct)) return;
            if (devices.Count > 0 && !await ProveAsync(lease, id, service, replica, devices, problems, ct)) return;
            problems(service, null);
            Log.Started(log, lease, WorkloadNames.Instance(service, replica));
        }
        catch (DockerApiException error)
        {
            if (devices.Count > 0 && GpuPassthrough.IsDriverMissing(error.ResponseBody)) gpus.Report(GpuPassthrough.Explain(error.ResponseBody));
            restarts.StartFailed(id);
            problems(service, chains.Explains(error) ? EngineChains.TenantText : $"the container does not start: {error.ResponseBody}");
            Log.StartFailed(log, lease, WorkloadNames.Instance(service, replica), error);
        }
        catch (EngineUnavailableException error) when (error.Reason == EngineUnavailableReason.DeadlinePassed)
        {
            // A runtime that hangs is this container's trouble; whatever else the plan wants is done.
            restarts.StartFailed(id);
            problems(service, $"{WorkloadNames.Instance(service, replica)} did not start in time: its runtime hangs on this host; the operator is told");
            Log.StartHangs(log, lease, WorkloadNames.Instance(service, replica), id, error);
        }
        finally
        {
            reader.Forget(id);
        }
    }

    /// <summary>Mounts what the container needs before it starts.</summary>
    /// <returns>False when it has to be made anew; it is removed then.</returns>
    private async Task<bool> LayDisksAsync(LeaseId lease, string id, string service, int replica, Action<string, string?> problems, CancellationToken ct)
    {
        string layer;
        try
        {
            var container = await engine.Containers.InspectContainerAsync(id, ct);
            if (await disks.ReadyAsync(container, ct)) return true;
            layer = LayerLabels.Read(container.Config.Labels)?.Key ?? "";
        }
        catch (Exception error) when (error is DiskException or VolumeUnusableException)
        {
            problems(service, error.Message);
            throw error as DiskException ?? new DiskException(error.Message, error);
        }

        Log.LayerLost(log, lease, WorkloadNames.Instance(service, replica));
        await RemoveAsync(lease, new(id, WorkloadNames.Container(lease, service, replica)) { Layer = layer }, ct);
        return false;
    }

    /// <summary>Looks whether the engine really saw the mount: one that it does not see would hold nobody to anything.</summary>
    private async Task<bool> IsHeldToDiskAsync(LeaseId lease, string id, string service, int replica, Action<string, string?> problems, CancellationToken ct)
    {
        try
        {
            if (await disks.IsHeldAsync(await engine.Containers.InspectContainerAsync(id, ct), ct)) return true;
        }
        catch (DiskException error)
        {
            Log.DiskNotProven(log, lease, WorkloadNames.Instance(service, replica), error.Message); // mostly because it has ended already
            return true;
        }

        await KillAsync(id, ct);
        problems(service, "this host cannot hold the service to its disk space; the operator is told");
        Log.DiskNotHeld(log, lease, WorkloadNames.Instance(service, replica));
        return false;
    }

    /// <summary>Looks from inside whether it got exactly its devices. With others it could be on a neighbour's: it is taken down at once.</summary>
    private async Task<bool> ProveAsync(LeaseId lease, string id, string service, int replica, ValueList<string> devices, Action<string, string?> problems, CancellationToken ct)
    {
        var instance = WorkloadNames.Instance(service, replica);
        var (finding, _) = await proof.LookAsync(id, devices, ct);
        if (finding.Verdict != GpuVerdict.Wrong) proof.Settle(id);
        switch (finding.Verdict)
        {
            case GpuVerdict.Proven:
                Log.GpusProven(log, lease, instance, devices.Count);
                return true;
            case GpuVerdict.Wrong:
                problems(service, $"{instance} was stopped: {finding.Detail}; the operator is told"); // before its end is seen, which would be told otherwise
                await KillAsync(id, ct); // kept and tried again with growing pauses, as any start that failed
                gpus.Witness(lease.Owner, $"the container engine gave a container other GPUs than it was told to: {finding.Detail}");
                Log.GpusWrong(log, lease, instance, finding.Detail);
                return false;
            default:
                Log.GpusNotProven(log, lease, instance, finding.Detail);
                return true;
        }
    }

    private async Task KillAsync(string id, CancellationToken ct)
    {
        try
        {
            await engine.Containers.KillContainerAsync(id, new(), ct);
        }
        catch (DockerApiException error) when (error.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
        {
            // ended by itself
        }
    }

    private async Task<bool> RenameAsync(LeaseId lease, PlanStep.RenameContainer step, CancellationToken ct)
    {
        try
        {
            await engine.Containers.RenameContainerAsync(step.Id, new() { NewName = step.Name }, ct);
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.Conflict)
        {
            if (await IsNameTakenAsync(step.Name, lease, ct)) return false; // it serves its tenant under any name
        }

        reader.Forget(step.Id);
        return true;
    }

    /// <summary>Whether a container that is not the lease's has this name.</summary>
    private async Task<bool> IsNameTakenAsync(string name, LeaseId lease, CancellationToken ct)
    {
        try
        {
            var holder = await engine.Containers.InspectContainerAsync(name, ct);
            if (holder.Config.Labels is { } labels && labels.TryGetValue(WorkloadNames.LeaseLabel, out var text) && text == lease.ToString() && !reader.Foreign.Contains(holder.ID)) return false;
            Log.NameTaken(log, lease, name, holder.ID);
            return true;
        }
        catch (DockerContainerNotFoundException)
        {
            return false;
        }
    }

    private async Task RemoveAsync(LeaseId lease, PlanStep.RemoveContainer step, CancellationToken ct)
    {
        try
        {
            await engine.Containers.StopContainerAsync(step.Id, new() { WaitBeforeKillSeconds = (uint)options.CurrentValue.StopGrace.TotalSeconds }, ct);
            await engine.Containers.RemoveContainerAsync(step.Id, new() { Force = true, RemoveVolumes = true }, ct);
            Log.Removed(log, lease, step.Name);
            if (step.Layer.Length > 0) await disks.RemoveLayerAsync(step.Layer, ct);
        }
        catch (DiskException error)
        {
            Log.LayerLeft(log, lease, step.Name, error.Message);
        }
        catch (DockerContainerNotFoundException)
        {
            // gone already
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.Conflict)
        {
            // somebody else is removing it; the next look sees whether it is gone
        }

        restarts.Forget(step.Id);
        proof.Settle(step.Id);
        reader.Forget(step.Id);
    }

    private static partial class Log
    {
        [LoggerMessage(4040, LogLevel.Information, "{Lease}: {Instance} started", EventName = "Started")]
        public static partial void Started(ILogger logger, LeaseId lease, string instance);

        [LoggerMessage(4041, LogLevel.Warning, "{Lease}: {Instance} does not start; it is tried again later", EventName = "StartFailed")]
        public static partial void StartFailed(ILogger logger, LeaseId lease, string instance, Exception error);

        [LoggerMessage(4047, LogLevel.Error, "{Lease}: the start of {Instance} hangs. Find its runtime with 'pgrep -af {Id}' and end it", EventName = "StartHangs")]
        public static partial void StartHangs(ILogger logger, LeaseId lease, string instance, string id, Exception error);

        [LoggerMessage(4048, LogLevel.Error, "{Lease}: the name {Container} belongs to somebody else's container {Holder}, which is left alone. Rename or remove it; until then the lease's own is not made, or keeps another name", EventName = "NameTaken")]
        public static partial void NameTaken(ILogger logger, LeaseId lease, string container, string holder);

        [LoggerMessage(4042, LogLevel.Information, "{Lease}: {Container} removed", EventName = "Removed")]
        public static partial void Removed(ILogger logger, LeaseId lease, string container);

        [LoggerMessage(4044, LogLevel.Information, "{Lease}: {Instance} sees exactly its {Count} GPUs", EventName = "GpusProven")]
        public static partial void GpusProven(ILogger logger, LeaseId lease, string instance, int count);

        [LoggerMessage(4045, LogLevel.Error, "{Lease}: {Instance} was stopped: {Detail}", EventName = "GpusWrong")]
        public static partial void GpusWrong(ILogger logger, LeaseId lease, string instance, string detail);

        [LoggerMessage(4046, LogLevel.Warning, "{Lease}: what GPUs {Instance} sees could not be looked at ({Detail}); the engine was given exactly its UUIDs", EventName = "GpusNotProven")]
        public static partial void GpusNotProven(ILogger logger, LeaseId lease, string instance, string detail);

        [LoggerMessage(4142, LogLevel.Warning, "{Lease}: the file system under {Instance} is gone, and with it what it had written beside its volumes; it is made anew", EventName = "LayerLost")]
        public static partial void LayerLost(ILogger logger, LeaseId lease, string instance);

        [LoggerMessage(4143, LogLevel.Debug, "{Lease}: whether {Instance} is held to its disk space could not be looked at ({Reason})", EventName = "DiskNotProven")]
        public static partial void DiskNotProven(ILogger logger, LeaseId lease, string instance, string reason);

        [LoggerMessage(4144, LogLevel.Error, "{Lease}: {Instance} was stopped: the engine does not see the file system that was mounted for it. Does the helper for disks, or this daemon, run in a mount namespace of its own?", EventName = "DiskNotHeld")]
        public static partial void DiskNotHeld(ILogger logger, LeaseId lease, string instance);

        [LoggerMessage(4145, LogLevel.Warning, "{Lease}: the file system under {Container} is still there ({Reason}); it is removed later", EventName = "LayerLeft")]
        public static partial void LayerLeft(ILogger logger, LeaseId lease, string container, string reason);

        [LoggerMessage(4043, LogLevel.Error, "{Lease}: the engine drops a limit of service {Service} ({Warnings}); nothing is run without it", EventName = "LimitDropped")]
        public static partial void LimitDropped(ILogger logger, LeaseId lease, string service, string warnings);
    }
}
