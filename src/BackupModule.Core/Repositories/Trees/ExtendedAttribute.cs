namespace BackupModule.Core.Repositories.Trees;

/// <summary>An extended attribute of a file; POSIX access control lists are among them.</summary>
/// <param name="Name">Name with its namespace, e.g. <c>user.comment</c>.</param>
/// <param name="Value">Raw value, possibly empty.</param>
public readonly record struct ExtendedAttribute(string Name, byte[] Value);
