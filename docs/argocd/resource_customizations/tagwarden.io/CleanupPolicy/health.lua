-- Health of a CleanupPolicy and, by the same conditions, of a CloudAccount.
-- What resources are not compliant with is no matter of the policy's own health.
local health = { status = "Progressing", message = "waiting for the operator" }
if obj.status == nil or obj.status.conditions == nil then
  return health
end
if obj.status.observedGeneration ~= nil and obj.status.observedGeneration ~= obj.metadata.generation then
  health.message = "waiting for the operator to see this generation"
  return health
end
for _, condition in ipairs(obj.status.conditions) do
  if condition.type == "Ready" then
    health.message = condition.message
    if condition.status == "True" then
      health.status = "Healthy"
      if condition.reason == "Suspended" then
        health.status = "Suspended"
      end
    elseif condition.status == "False" then
      health.status = "Degraded"
    end
    return health
  end
end
return health
