using System.Text.Json.Serialization;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <summary>Everything that crosses the wire.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CreateContainerParameters))]
[JsonSerializable(typeof(CreateContainerResponse))]
[JsonSerializable(typeof(ContainerInspectResponse))]
[JsonSerializable(typeof(IList<ContainerListResponse>))]
[JsonSerializable(typeof(ContainerUpdateParameters))]
[JsonSerializable(typeof(ContainerUpdateResponse))]
[JsonSerializable(typeof(ContainerWaitResponse))]
[JsonSerializable(typeof(ContainerPathStatResponse))]
[JsonSerializable(typeof(ContainerExecCreateParameters))]
[JsonSerializable(typeof(ContainerExecCreateResponse))]
[JsonSerializable(typeof(ContainerExecStartParameters))]
[JsonSerializable(typeof(ContainerExecInspectResponse))]
[JsonSerializable(typeof(AuthConfig))]
[JsonSerializable(typeof(JSONMessage))]
[JsonSerializable(typeof(ImageInspectResponse))]
[JsonSerializable(typeof(IList<ImagesListResponse>))]
[JsonSerializable(typeof(IList<IDictionary<string, string>>))]
[JsonSerializable(typeof(DistributionInspectResponse))]
[JsonSerializable(typeof(NetworksCreateParameters))]
[JsonSerializable(typeof(NetworksCreateResponse))]
[JsonSerializable(typeof(NetworkResponse))]
[JsonSerializable(typeof(IList<NetworkResponse>))]
[JsonSerializable(typeof(NetworkConnectParameters))]
[JsonSerializable(typeof(NetworkDisconnectParameters))]
[JsonSerializable(typeof(VolumesCreateParameters))]
[JsonSerializable(typeof(VolumeResponse))]
[JsonSerializable(typeof(VolumesListResponse))]
[JsonSerializable(typeof(SystemInfoResponse))]
[JsonSerializable(typeof(VersionResponse))]
[JsonSerializable(typeof(Message))]
[JsonSerializable(typeof(IDictionary<string, IDictionary<string, bool>>))]
internal sealed partial class DockerJsonContext : JsonSerializerContext;
