namespace ProviderAgent.Devnet.Errors;

/// <summary>Errors of the deployment module.</summary>
internal static class DeploymentErrors
{
    private const string Codespace = "deployment";

    public static ErrorKind Exists { get; } = new(Codespace, 3, "Deployment exists");

    public static ErrorKind NotFound { get; } = new(Codespace, 4, "Deployment not found");

    public static ErrorKind Closed { get; } = new(Codespace, 5, "Deployment closed");

    public static ErrorKind InvalidGroups { get; } = new(Codespace, 7, "Invalid groups");

    public static ErrorKind EmptyHash { get; } = new(Codespace, 9, "Invalid: empty hash");

    public static ErrorKind InvalidHash { get; } = new(Codespace, 10, "Invalid: deployment hash");

    public static ErrorKind GroupNotFound { get; } = new(Codespace, 14, "Group not found");

    public static ErrorKind GroupClosed { get; } = new(Codespace, 15, "Group already closed");

    public static ErrorKind GroupOpen { get; } = new(Codespace, 16, "Group open");

    public static ErrorKind GroupPaused { get; } = new(Codespace, 17, "Group paused");

    public static ErrorKind InvalidDeposit { get; } = new(Codespace, 20, "Deposit invalid");

    public static ErrorKind InvalidPrice { get; } = new(Codespace, 24, "invalid price");

    public static ErrorKind DuplicateGroupName { get; } = new(Codespace, 25, "duplicate group name");

    public static ErrorKind InvalidReclamation { get; } = new(Codespace, 26, "invalid reclamation configuration");
}
