using System.Text.Json;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <content>Calls whose answer is a stream.</content>
internal sealed partial class ContainerOperations
{
    /// <summary>Base64 of a small JSON document.</summary>
    private const string StatHeader = "X-Docker-Container-Path-Stat";

    public Task<ContainerWaitResponse> WaitContainerAsync(string id, CancellationToken cancellationToken) =>
        WaitContainerAsync(id, new ContainerWaitParameters(), cancellationToken);

    public async Task<ContainerWaitResponse> WaitContainerAsync(string id, ContainerWaitParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        const string Operation = "container_wait";
        var request = Request(Operation, HttpMethod.Post, id, "wait", Limits.Query) with { Query = new Query().Add("condition", parameters.Condition) };
        await using var answer = await transport.OpenAsync(request, idle: null, cancellationToken).ConfigureAwait(false);
        parameters.Registered?.Invoke();

        ContainerWaitResponse? result = null;
        await JsonLines.ReadAsync(
            answer.Body, DockerJson.Type<ContainerWaitResponse>(), transport.Limits.MaxLineBytes, Operation, value => result = value, cancellationToken)
            .ConfigureAwait(false);
        return result ?? throw transport.Lost(Operation); // an engine that shuts down ends the answer before it has begun
    }

    public async Task<MultiplexedStream> GetContainerLogsAsync(string id, bool tty, ContainerLogsParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var query = new Query()
            .Add("stdout", parameters.ShowStdout).Add("stderr", parameters.ShowStderr).Add("since", parameters.Since).Add("until", parameters.Until)
            .Add("timestamps", parameters.Timestamps).Add("follow", parameters.Follow).Add("tail", parameters.Tail);
        var request = Request("container_logs", HttpMethod.Get, id, "logs", Limits.Query) with { Query = query };
        var answer = await transport.OpenAsync(request, idle: null, cancellationToken).ConfigureAwait(false);
        return new MultiplexedStream(answer.Body, multiplexed: !tty);
    }

    public async Task<MultiplexedStream> AttachContainerAsync(string id, bool tty, ContainerAttachParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var query = new Query()
            .Add("stream", parameters.Stream).Add("stdin", parameters.Stdin).Add("stdout", parameters.Stdout).Add("stderr", parameters.Stderr)
            .Add("detachKeys", parameters.DetachKeys).Add("logs", parameters.Logs);
        var request = Request("container_attach", HttpMethod.Post, id, "attach", Limits.Query) with { Query = query };
        return new MultiplexedStream(await transport.HijackAsync(request, cancellationToken).ConfigureAwait(false), multiplexed: !tty);
    }

    public async Task<GetArchiveFromContainerResponse> GetArchiveFromContainerAsync(
        string id, GetArchiveFromContainerParameters parameters, bool statOnly, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = Request("archive_get", statOnly ? HttpMethod.Head : HttpMethod.Get, id, "archive", Limits.Change) with
        {
            Query = new Query().Add("path", parameters.Path),
            NotFound = NotFoundSubject.Unclear,
        };
        if (statOnly)
        {
            var stat = await transport.ReadHeaderAsync(request, StatHeader, cancellationToken).ConfigureAwait(false);
            return new GetArchiveFromContainerResponse { Stat = ParseStat(stat) };
        }

        var answer = await transport.OpenAsync(request, Limits.Idle, cancellationToken).ConfigureAwait(false);
        try
        {
            var header = answer.Head.Headers.TryGetValues(StatHeader, out var values) ? values.FirstOrDefault() : null;
            return new GetArchiveFromContainerResponse { Stat = ParseStat(header), Stream = answer.Body };
        }
        catch
        {
            await answer.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public Task ExtractArchiveToContainerAsync(string id, ContainerPathStatParameters parameters, Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(stream);
        var request = Request("archive_put", HttpMethod.Put, id, "archive", Limits.Idle) with
        {
            Query = new Query()
                .Add("path", parameters.Path)
                .Add("noOverwriteDirNonDir", !parameters.AllowOverwriteDirWithFile)
                .Add("copyUIDGID", parameters.CopyUidAndGid),
            Content = new UploadContent(stream),
            NotFound = NotFoundSubject.Unclear,
        };
        return transport.ExecuteSlowlyAsync(request, cancellationToken);
    }

    private static ContainerPathStatResponse ParseStat(string? header)
    {
        try
        {
            return JsonSerializer.Deserialize(Convert.FromBase64String(header ?? ""), DockerJson.Type<ContainerPathStatResponse>())
                ?? throw new JsonException("the stat is null");
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new EngineProtocolException("The answer to archive_get has no readable description of the path.", e);
        }
    }
}
